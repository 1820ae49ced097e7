using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Definitions;
using Slipway.Core.Kernel;

namespace Slipway.Core.Pipelines.Templates;

/// <summary>Which versions of a template are for some services first.</summary>
/// <param name="Versions">Those that are not for all.</param>
public sealed record TemplateRollout(IReadOnlyDictionary<SemanticVersion, VersionShare> Versions)
{
    /// <summary>Reads <c>rollout.yaml</c>; null: it is wrong, and the problems say how.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="known">The versions that there are.</param>
    public static (TemplateRollout? Rollout, IReadOnlyList<Problem> Problems) Read(string text, string file, IReadOnlyList<SemanticVersion> known)
    {
        var findings = new Findings(file);
        if (YamlTree.Read(text, findings) is not { } root)
        {
            return (null, findings.Sorted());
        }

        TemplateKeys.Rollout.Check(root, "the file", findings);
        Dictionary<SemanticVersion, VersionShare> versions = [];
        foreach (var (key, value) in root.Entries)
        {
            if (SemanticVersion.Parse(key.Text) is { } version && value is MapNode map)
            {
                if (!known.Contains(version))
                {
                    // Else a slip of the pen would give the version that was meant to every service.
                    findings.Add(key, $"There is no version {version}.", NearWords.Suggest(key.Text, [.. known.Select(k => k.ToString())]));
                }

                versions[version] = new(Values.Share(map["share"]) ?? 0, [.. map.List("services").Select(s => Values.Text(s)).OfType<string>()]);
            }
        }

        return findings.Any ? (null, findings.Sorted()) : (new(versions), []);
    }

    /// <summary>Whether a service is among a share of all: for a template's version always the same ones, and those of a smaller share are among those of a larger one.</summary>
    public static bool IsAmong(string template, SemanticVersion version, string service, double share)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{template}@{version}/{service}"));
        // 53 bits: as many as a double tells apart.
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * Math.ScaleB(1, -53) < share;
    }
}

/// <param name="Share">Of the services, from 0 to 1.</param>
/// <param name="Services">Those that get it in any case.</param>
public sealed record VersionShare(double Share, IReadOnlyList<string> Services)
{
    public override string ToString() => Services.Count == 0 ? Percent : Share == 0 ? string.Join(", ", Services) : $"{Percent} and {string.Join(", ", Services)}";

    /// <summary><c>20 %</c>.</summary>
    public string Percent => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Share * 100:0.##} %");
}

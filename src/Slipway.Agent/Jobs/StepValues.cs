using System.Text;
using System.Text.RegularExpressions;
using Slipway.Client.Artifacts;

namespace Slipway.Agent.Jobs;

/// <summary>What steps have written to <c>$SLIPWAY_VALUES</c>: <c>name=value</c> lines, the last of a name counts, blank lines do not.</summary>
internal static partial class StepValues
{
    /// <param name="file">In a folder of the agent's own, which a step can fill with anything.</param>
    /// <returns>The values; or what is wrong with them: a job that goes on without a value that another one needs would be worse than one that fails.</returns>
    public static (IReadOnlyDictionary<string, string> Values, string? Problem) Read(string file)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var info = new FileInfo(file);
        // A link that leads nowhere does not exist and is a link all the same.
        if (info.LinkTarget is null && !Path.Exists(file))
        {
            return (values, null);
        }
        if (info.LinkTarget is not null || !FileKind.IsRegular(file))
        {
            return (values, "$SLIPWAY_VALUES is no plain file any more");
        }
        if (info.Length > AgentLimits.ValueBytes)
        {
            return (values, $"$SLIPWAY_VALUES has {info.Length} bytes; there may be {AgentLimits.ValueBytes}");
        }
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(File.ReadAllBytes(file)).Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }
            if (Line().Match(line) is not { Success: true } match || line.Contains('\0'))
            {
                return (values, $"line {number} of $SLIPWAY_VALUES is not name=value, with a name of letters, digits and '_'");
            }
            values[match.Groups[1].Value] = match.Groups[2].Value;
        }
        return values.Count <= AgentLimits.Values ? (values, null) : (values, $"$SLIPWAY_VALUES has {values.Count} names; there may be {AgentLimits.Values}");
    }

    [GeneratedRegex("^([A-Za-z_][A-Za-z0-9_]*)=(.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Line();
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>One attempt's folder. Steps see only what lies below <see cref="Scratch"/>; the rest is the agent's.</summary>
internal sealed partial record AttemptFolder(string Root)
{
    public string Record => Path.Combine(Root, "job.json");
    public string Log => Path.Combine(Root, "log");

    /// <summary>What its steps have reported of tests so far, packed as it goes to the server.</summary>
    public string Tests => Path.Combine(Root, "tests.json.gz");

    /// <summary>bubblewrap's report on the step that runs.</summary>
    public string Status => Path.Combine(Root, "status");

    /// <summary>The folders of its cgroups, a line each; not there while it has none.</summary>
    public string Groups => Path.Combine(Root, "groups");

    /// <summary>Its time is when the try that runs began, by the file system's clock.</summary>
    public string TryBegan => Path.Combine(Root, "try-began");

    /// <summary>Packed inputs and outputs on their way.</summary>
    public string Packed => Path.Combine(Root, "packed");
    public string Unpacked => Path.Combine(Root, "unpacked");

    /// <summary>All that steps write; removed as soon as the attempt has ended.</summary>
    public string Scratch => Path.Combine(Root, "scratch");

    /// <summary>What the log must not show, as steps have written it; it goes with what they write.</summary>
    public string Masks => Path.Combine(Scratch, "masks");
    public JobFolders Seen => new(Path.Combine(Scratch, "workspace"), Path.Combine(Scratch, "home"), Path.Combine(Scratch, "tmp"));

    /// <summary>
    /// The folder's name, <c>run.job.attempt</c>. A job of a matrix is named <c>test (20, debian)</c>: what could mean something in a path is replaced, and a digest of the
    /// whole name then keeps two of them apart.
    /// </summary>
    public static string NameOf(WantedJob job) => $"{Part(job.Run)}.{Part(job.Job)}.{job.Attempt.ToString(CultureInfo.InvariantCulture)}";

    private static string Part(string name)
    {
        const int Longest = 80;
        var safe = Unsafe().Replace(name, "_");
        return safe == name && name.Length <= Longest
            ? name
            : $"{(safe.Length > Longest ? safe[..Longest] : safe)}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16]}";
    }

    [GeneratedRegex("[^A-Za-z0-9-]")]
    private static partial Regex Unsafe();
}

using System.Security.Cryptography;
using System.Text;

namespace Slipway.Agent.Instances;

/// <summary>
/// A cgroup v2 for each instance, where the machine has one and lets this user make some: the one means that catches every descendant, whatever it does. Where
/// it is missing, sessions and marks in the environment are used alone. Never assumed: each step that fails means "none".
/// </summary>
internal sealed class ControlGroups
{
    private readonly string? _parent;

    public ControlGroups(string dataDirectory)
    {
        if (ControlHierarchy.OfThisProcess("/proc/self").FirstOrDefault(hierarchy => hierarchy.IsUnified)?.Own is not { } own)
        {
            return;
        }
        var parent = Path.Combine(own, "slipway-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataDirectory)))[..12]);
        if (TryMake(parent) && File.Exists(Path.Combine(parent, "cgroup.kill")))
        {
            _parent = parent;
        }
    }

    /// <returns>The group's directory; null: there are none here.</returns>
    public string? Make(string instance) => _parent is not null && TryMake(Path.Combine(_parent, instance)) ? Path.Combine(_parent, instance) : null;

    public string? Find(string instance) => _parent is not null && Directory.Exists(Path.Combine(_parent, instance)) ? Path.Combine(_parent, instance) : null;

    /// <summary>Removes the groups that are empty; those still in use stay.</summary>
    public void Clean()
    {
        if (_parent is null || !Directory.Exists(_parent))
        {
            return;
        }
        foreach (var group in Directory.GetDirectories(_parent).Append(_parent))
        {
            Remove(group);
        }
    }

    public static void Remove(string group)
    {
        try
        {
            Directory.Delete(group);
        }
        catch (Exception inUse) when (inUse is IOException or UnauthorizedAccessException)
        {
            // The kernel refuses as long as anything is in it; the next cleaning tries again.
        }
    }

    private static bool TryMake(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            return true;
        }
        catch (Exception notAllowed) when (notAllowed is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

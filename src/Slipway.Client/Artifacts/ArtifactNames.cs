namespace Slipway.Client.Artifacts;

/// <summary>The rules for names and link targets in an artifact; the packer and the extractor share them.</summary>
internal static class ArtifactNames
{
    private const int MaxName = 4096, MaxSegment = 255;

    /// <summary>Splits an entry's name into its segments; a reason instead when the name is not acceptable. The root itself (<c>./</c>) has none.</summary>
    public static string? Parse(string name, out string[] segments)
    {
        segments = [];
        if (name.Length == 0)
        {
            return "it has an empty name";
        }
        if (name[0] == '/')
        {
            return "its name is absolute";
        }
        if (name.Length > MaxName)
        {
            return $"its name is longer than {MaxName} characters";
        }
        segments = [.. name.Split('/').Where(segment => segment is not ("" or "."))];
        foreach (var segment in segments)
        {
            if (segment == "..")
            {
                return "its name climbs out with '..'";
            }
            if (segment.Contains('\0'))
            {
                return "its name holds a NUL character";
            }
            if (segment.Contains('\uFFFD'))
            {
                return "its name is not valid UTF-8";
            }
            if (System.Text.Encoding.UTF8.GetByteCount(segment) > MaxSegment)
            {
                return $"a part of its name is longer than {MaxSegment} bytes";
            }
        }
        return null;
    }

    /// <summary>
    /// A reason when a symbolic link may lead out. Only leading <c>..</c> are allowed: directories above a link are real ones, so those climb exactly; after a
    /// name, <c>..</c> would climb from wherever another link led, which the text of the target does not tell.
    /// </summary>
    /// <param name="depth">How many directories the link lies below the root.</param>
    public static string? CheckLink(string target, int depth)
    {
        if (target.Length == 0 || target.Length > MaxName || target.Contains('\0'))
        {
            return "it is a link whose target is empty, too long or holds a NUL character";
        }
        if (target[0] == '/')
        {
            return $"it is a link to the absolute path {target}";
        }
        var named = false;
        foreach (var segment in target.Split('/'))
        {
            switch (segment)
            {
                case "" or ".":
                    break;
                case ".." when named:
                    return $"it is a link to {target}, with '..' after a name";
                case "..":
                    if (--depth < 0)
                    {
                        return $"it is a link to {target}, outside the artifact";
                    }
                    break;
                default:
                    named = true;
                    break;
            }
        }
        return null;
    }
}

using System.Text;
using Slipway.Core.Kernel;

namespace Slipway.Cli.Init;

/// <summary>A service's name out of whatever a package or a folder is called.</summary>
internal static class ServiceName
{
    /// <summary>Lower-case letters, digits and single hyphens inside; null: nothing of it can stay.</summary>
    public static string? From(string? text)
    {
        // The part behind an npm scope or a module's path; what an extension looks like belongs to it.
        var word = text?.Trim().TrimEnd('/').Split('/')[^1] ?? "";
        var name = new StringBuilder();
        for (var i = 0; i < word.Length; i++)
        {
            var c = word[i];
            // ShopApi is shop-api, and HTTPServer httpserver.
            if (char.IsAsciiLetterUpper(c) && i > 0 && char.IsAsciiLetterLower(word[i - 1]))
            {
                name.Append('-');
            }

            name.Append(char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-');
        }

        var parts = string.Join('-', name.ToString().Split('-', StringSplitOptions.RemoveEmptyEntries));
        var cut = parts.Length <= Limits.ServiceName ? parts : parts[..Limits.ServiceName].TrimEnd('-');
        return cut.Length == 0 ? null : cut;
    }
}

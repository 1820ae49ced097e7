using System.CommandLine;

namespace Slipway.Cli.CommandLine;

/// <summary><c>service@version</c>, or the service alone.</summary>
internal sealed record ReleaseName(string Service, string? Version)
{
    public override string ToString() => Version is null ? Service : $"{Service}@{Version}";

    public static Argument<ReleaseName> Argument(string name, string description, bool versionNeeded) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var read = Read(text);
            if (read is null)
            {
                result.AddError($"'{text}' is no release; it is written service@version, such as storefront@1.2.0.");
            }
            else if (versionNeeded && read.Version is null)
            {
                result.AddError($"'{text}' names no version; it is written service@version, such as {text}@1.2.0.");
            }

            return read!;
        },
    };

    /// <summary>Null: it is neither.</summary>
    public static ReleaseName? Read(string text)
    {
        var at = text.IndexOf('@');
        var read = at < 0 ? new ReleaseName(text, null) : new ReleaseName(text[..at], text[(at + 1)..]);
        return read.Service.Length == 0 || read.Version is { Length: 0 } ? null : read;
    }
}

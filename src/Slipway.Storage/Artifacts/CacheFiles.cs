using Slipway.Engine.Ports;

namespace Slipway.Storage.Artifacts;

/// <summary>Kept states of jobs as files, laid out and written as <see cref="ArtifactFiles"/> does.</summary>
/// <param name="root">Made if it is not there; what a crash left half written in it is removed.</param>
public sealed class CacheFiles(string root) : ICacheFiles
{
    private const string Prefix = "sha256:";
    private readonly ArtifactFiles files = new(root);
    private readonly string folder = Path.Combine(root, "sha256");

    public long FreeBytes => new DriveInfo(root).AvailableFreeSpace;

    public Task<IStagedArtifact> StageAsync(Stream bytes, long mostBytes, CancellationToken cancel) => files.StageAsync(bytes, mostBytes, cancel);

    public Stream? Open(string digest) => files.Open(digest);

    public void Remove(string digest)
    {
        try
        {
            // A digest that is none names no file here: it is looked up among those that are.
            if (List().ContainsKey(digest))
            {
                File.Delete(Path.Combine(folder, digest[Prefix.Length..][..2], digest[Prefix.Length..]));
            }
        }
        catch (IOException fault)
        {
            throw new StoreUnavailableException("The caches' directory cannot be written: " + fault.Message, retryable: true, fault);
        }
    }

    public IReadOnlyDictionary<string, long> List() => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).ToDictionary(file => Prefix + file.Name, file => file.Length, StringComparer.Ordinal)
        : new Dictionary<string, long>();
}

using System.Net;
using System.Net.Http.Headers;

namespace Slipway.Client.Http;

/// <summary>What <c>release create</c> sends.</summary>
public sealed record ReleaseUpload
{
    public required string Version { get; init; }
    public string? Commit { get; init; }

    /// <summary>YAML text; null: the artifact's <c>slipway.yaml</c>, else the service's latest definition.</summary>
    public string? Definition { get; init; }

    /// <summary>The definition's file name, for messages about it.</summary>
    public string? DefinitionFile { get; init; }
    public string? Notes { get; init; }

    /// <summary>Opens the packed artifact (tar or tar.gz); called once for each try, and the stream is closed after it.</summary>
    public required Func<Stream> OpenArtifact { get; init; }

    /// <summary>Told after each piece: bytes sent so far in this try, and bytes in all.</summary>
    public Action<long, long>? Progress { get; init; }

    internal MultipartFormDataContent ToContent()
    {
        var form = new MultipartFormDataContent();
        Field("version", Version);
        Field("commit", Commit);
        Field("definition", Definition);
        Field("definitionFile", DefinitionFile);
        Field("notes", Notes);
        // Last, so that the server knows all the rest when the bytes come.
        form.Add(new ArtifactContent(OpenArtifact(), Progress), "\"artifact\"", "\"artifact.tar.gz\"");
        return form;

        void Field(string name, string? value)
        {
            if (value is not null)
            {
                form.Add(new StringContent(value), $"\"{name}\"");
            }
        }
    }

    private sealed class ArtifactContent : HttpContent
    {
        private const int Piece = 128 * 1024;
        private readonly Stream stream;
        private readonly long length;
        private readonly Action<long, long>? progress;

        public ArtifactContent(Stream stream, Action<long, long>? progress)
        {
            this.stream = stream;
            this.progress = progress;
            length = stream.Length - stream.Position;
            Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = this.length;
            return true;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream target, TransportContext? context, CancellationToken cancellationToken)
        {
            var buffer = new byte[Piece];
            long sent = 0;
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                progress?.Invoke(sent += read, length);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                stream.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

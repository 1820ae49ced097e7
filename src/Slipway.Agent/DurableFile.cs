namespace Slipway.Agent;

/// <summary>Files that are whole after a crash: written under another name, then renamed.</summary>
internal static class DurableFile
{
    /// <param name="flush">Also across a loss of power. What only describes processes need not: they are gone then too.</param>
    public static void Replace(string path, ReadOnlySpan<byte> content, bool flush)
    {
        var temporary = path + ".tmp";
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = AgentPaths.OwnerOnly,
        }))
        {
            file.Write(content);
            file.Flush(flushToDisk: flush);
        }
        File.Move(temporary, path, overwrite: true);
        if (flush)
        {
            Libc.SyncDirectory(Path.GetDirectoryName(path)!);
        }
    }
}

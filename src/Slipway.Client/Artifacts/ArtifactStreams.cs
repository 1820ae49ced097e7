using System.Security.Cryptography;

namespace Slipway.Client.Artifacts;

/// <summary>A stream bound was passed; turned into an outcome by whoever set the bound.</summary>
internal sealed class ArtifactTooLargeException(string message) : Exception(message);

/// <summary>Passes writes on, hashing and counting them.</summary>
internal sealed class HashingStream(Stream inner, IncrementalHash hash, long limit) : OneWayStream
{
    public long Written { get; private set; }
    public override bool CanWrite => true;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Written += buffer.Length;
        if (Written > limit)
        {
            throw new ArtifactTooLargeException("packed");
        }
        hash.AppendData(buffer);
        inner.Write(buffer);
    }

    public override void Flush() => inner.Flush();
}

/// <summary>Reads a file as exactly the length that was announced in its header: a file that grows or shrinks meanwhile must not shift the entries behind it.</summary>
internal sealed class ExactLengthStream(Stream inner, long length, string name) : OneWayStream
{
    private long _position;
    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override long Length => length;
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        var want = (int)Math.Min(buffer.Length, length - _position);
        if (want == 0)
        {
            return 0;
        }
        var read = inner.Read(buffer[..want]);
        _position += read;
        return read > 0 ? read : throw new IOException($"'{name}' became shorter while it was packed; pack again when nothing writes to it");
    }
}

/// <summary>Counts what is read from a packed artifact, before decompression.</summary>
internal sealed class CountingStream(Stream inner) : OneWayStream
{
    public long Count { get; private set; }
    public override bool CanRead => true;

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        Count += read;
        return read;
    }
}

/// <summary>Bounds what decompression may give: in all, per packed byte, and while headers are read.</summary>
internal sealed class BoundedStream(Stream inner, CountingStream packed, ArtifactLimits limits) : OneWayStream
{
    private long _count;
    private long _headerBudget = long.MaxValue;
    public override bool CanRead => true;

    /// <summary>Until <see cref="EndHeader"/>, reads more than <see cref="ArtifactLimits.MaxHeaderBytes"/> are refused: names and attributes are held in memory.</summary>
    public void BeginHeader() => _headerBudget = limits.MaxHeaderBytes;

    public void EndHeader() => _headerBudget = long.MaxValue;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length > _headerBudget)
        {
            throw new ArtifactTooLargeException($"the headers of one entry are larger than {limits.MaxHeaderBytes} bytes");
        }
        var read = inner.Read(buffer);
        _count += read;
        _headerBudget -= read;
        // Tar's own framing (headers, padding) is not a file's content: two more blocks per allowed entry.
        if (_count > limits.MaxBytes + limits.MaxEntries * 1024L + limits.MaxHeaderBytes)
        {
            throw new ArtifactTooLargeException($"it unpacks to more than {limits.MaxBytes} bytes");
        }
        if (_count > limits.RatioAllowance + packed.Count * limits.MaxRatio)
        {
            throw new ArtifactTooLargeException($"it unpacks to more than {limits.MaxRatio} times its size");
        }
        return read;
    }
}

/// <summary>The parts of <see cref="Stream"/> that a pass-through stream has to have and does not need.</summary>
internal abstract class OneWayStream : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override int Read(Span<byte> buffer) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();
}

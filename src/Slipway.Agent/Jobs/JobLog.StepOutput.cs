using System.Text;

namespace Slipway.Agent.Jobs;

internal sealed partial class JobLog
{
    /// <summary>Masks what a step writes and cuts it into lines. Used by one writer at a time.</summary>
    internal sealed class StepOutput
    {
        private readonly JobLog _log;
        private readonly int _step;
        private readonly MaskedOutput _masked;
        private readonly byte[] _partial = new byte[AgentLimits.LogLineBytes];
        private readonly OutputEnd _end = new(AgentLimits.LogEndBytes);
        private int _count;
        private bool _continues;

        public StepOutput(JobLog log, int step)
        {
            (_log, _step) = (log, step);
            _masked = new(Cut);
        }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            lock (_log._lock)
            {
                if (_log._masks is { TooMany: true })
                {
                    return;
                }
                _masked.Write(_log.Masks, bytes);
                _log.Flush();
            }
        }

        /// <summary>What stands behind the last newline is a line too; and how it ended is what somebody wants to read.</summary>
        public void End()
        {
            lock (_log._lock)
            {
                _masked.End();
                if (_count > 0)
                {
                    Take([], ends: true);
                }
                KeepEnd();
                _log.Flush();
            }
        }

        /// <summary>Into lines.</summary>
        private void Cut(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                if (_log._cut)
                {
                    _end.Add(bytes);
                    return;
                }
                var end = bytes.IndexOf((byte)'\n');
                Take(end < 0 ? bytes : bytes[..end], ends: end >= 0);
                bytes = end < 0 ? default : bytes[(end + 1)..];
            }
        }

        private void Take(ReadOnlySpan<byte> piece, bool ends)
        {
            if (ends && _count == 0 && !_continues && piece.Length <= _partial.Length)
            {
                Line(piece, ends: true);
                return;
            }
            while (!piece.IsEmpty)
            {
                var take = Math.Min(piece.Length, _partial.Length - _count);
                piece[..take].CopyTo(_partial.AsSpan(_count));
                _count += take;
                piece = piece[take..];
                if (_count == _partial.Length && (!piece.IsEmpty || !ends))
                {
                    Divide();
                }
            }
            if (ends)
            {
                // A line whose last part was just cut off has no empty one behind it.
                if (_count > 0 || !_continues)
                {
                    Line(_partial.AsSpan(0, _count), ends: true);
                }
                (_count, _continues) = (0, false);
            }
        }

        // Between two characters, where the bytes are characters at all.
        private void Divide()
        {
            var at = _count;
            while (at > _count - 4 && (_partial[at - 1] & 0xC0) == 0x80)
            {
                at--;
            }
            at = at > _count - 4 && (_partial[at - 1] & 0xC0) == 0xC0 ? at - 1 : _count;
            Line(_partial.AsSpan(0, at), ends: false);
            _partial.AsSpan(at, _count - at).CopyTo(_partial);
            (_count, _continues) = (_count - at, true);
        }

        private void Line(ReadOnlySpan<byte> text, bool ends)
        {
            if (!_log.Take(_step, text))
            {
                _end.Add(text);
                if (ends)
                {
                    _end.Add("\n"u8);
                }
            }
        }

        /// <summary>The last lines of what was left out, as far as there is room for them.</summary>
        private void KeepEnd()
        {
            var (left, last) = _end.Take();
            if (last.Length == 0)
            {
                return;
            }
            if (left > 0)
            {
                _log.Add(_step, Encoding.UTF8.GetBytes($"{OwnMark}{(left < 1 << 20 ? $"{left >> 10} KiB" : $"{left >> 20} MiB")} are left out here"), AgentLimits.LogOwnBytes);
            }
            foreach (var range in ((ReadOnlySpan<byte>)last).TrimEnd((byte)'\n').Split((byte)'\n'))
            {
                var line = last.AsSpan(range);
                for (var at = 0; at == 0 || at < line.Length; at += AgentLimits.LogLineBytes)
                {
                    _log.Add(_step, line.Slice(at, Math.Min(line.Length - at, AgentLimits.LogLineBytes)), AgentLimits.LogOwnBytes);
                }
            }
        }
    }
}

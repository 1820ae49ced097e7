using Microsoft.Extensions.Primitives;

namespace Slipway.Agent.Router;

/// <summary>The cookies of a request as they were sent, one after the other: nothing is decoded, copied or left out.</summary>
internal ref struct RequestCookies(StringValues headers)
{
    private readonly StringValues headers = headers;
    private int next;
    private ReadOnlySpan<char> rest;

    public Cookie Current { get; private set; }

    public readonly RequestCookies GetEnumerator() => this;

    public bool MoveNext()
    {
        while (rest.IsEmpty)
        {
            if (next == headers.Count)
            {
                return false;
            }

            rest = headers[next++];
        }

        var end = rest.IndexOf(';');
        var pair = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        var equals = pair.IndexOf('=');
        Current = equals < 0 ? new Cookie(pair.Trim(), default) : new Cookie(pair[..equals].Trim(), pair[(equals + 1)..].Trim());
        return true;
    }

    public readonly ref struct Cookie(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        public ReadOnlySpan<char> Name { get; } = name;
        public ReadOnlySpan<char> Value { get; } = value;
    }
}

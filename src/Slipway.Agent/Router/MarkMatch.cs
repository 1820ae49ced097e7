using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>Looks for a mark in requests.</summary>
internal static class MarkMatch
{
    public static bool IsIn(RequestMark mark, HttpRequest request) => mark.Part switch
    {
        RequestMark.Header => InHeaders(mark, request.Headers),
        RequestMark.Cookie => InCookies(mark, request.Headers),
        _ => InQuery(mark, request.QueryString.Value),
    };

    private static bool InHeaders(RequestMark mark, IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(mark.Name, out var values))
        {
            return false;
        }

        foreach (var value in values)
        {
            if (Fits(mark, value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool InCookies(RequestMark mark, IHeaderDictionary headers)
    {
        foreach (var cookie in new RequestCookies(headers.Cookie))
        {
            if (cookie.Name.SequenceEqual(mark.Name) && Fits(mark, cookie.Value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool InQuery(RequestMark mark, string? query)
    {
        foreach (var parameter in new QueryStringEnumerable(query))
        {
            if (parameter.DecodeName().Span.SequenceEqual(mark.Name) && Fits(mark, parameter.DecodeValue().Span))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Fits(RequestMark mark, ReadOnlySpan<char> value) =>
        mark.Is is { } whole ? value.SequenceEqual(whole) : mark.Prefix is null || value.StartsWith(mark.Prefix);
}

namespace Slipway.Core.Expressions;

internal enum TokenKind
{
    End,
    Name,

    /// <summary>A name between backticks: it may only follow a dot.</summary>
    QuotedName,
    Literal,

    /// <summary>Digits of an int: whether they are in range is known with the sign before them.</summary>
    Digits,
    Symbol,
}

/// <param name="Text">Of a name, digits or a symbol.</param>
/// <param name="Value">Of a literal.</param>
internal sealed record Token(TokenKind Kind, int Offset, int Length, string Text, Value Value)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    /// <summary>For messages.</summary>
    public string Words => Kind switch
    {
        TokenKind.End => "the end",
        TokenKind.Literal => Value.ToString() is { Length: <= 40 } text ? text : "a literal",
        _ => $"'{(Text.Length <= 40 ? Text : Text[..40] + "…")}'",
    };
}

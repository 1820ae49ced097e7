using System.Globalization;

namespace Slipway.Core.Expressions;

/// <summary>Cuts an expression into names, literals and symbols.</summary>
internal sealed class Lexer(string text)
{
    private static readonly string[] Symbols = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ",", ".", "(", ")", "[", "]", "{", "}"];

    private int _at;

    public Token Next()
    {
        SkipSpace();
        var start = _at;
        if (_at == text.Length)
        {
            return new Token(TokenKind.End, start, 0, "", default);
        }

        var c = text[_at];
        if (Literals.Prefix(text, _at) >= 0)
        {
            var value = Literals.Read(text, ref _at);
            return new Token(TokenKind.Literal, start, _at - start, "", value);
        }

        if (char.IsAsciiLetter(c) || c == '_')
        {
            _at = End(_at, x => char.IsAsciiLetterOrDigit(x) || x == '_');
            return Word(start);
        }

        if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1])))
        {
            return Number();
        }

        return c == '`' ? Quoted() : Symbol();
    }

    private void SkipSpace()
    {
        while (_at < text.Length)
        {
            if (text[_at] is '\t' or '\n' or '\f' or '\r' or ' ')
            {
                _at++;
            }
            else if (text.AsSpan(_at).StartsWith("//"))
            {
                _at = End(_at, c => c != '\n');
            }
            else
            {
                return;
            }
        }
    }

    private Token Word(int start)
    {
        var word = text[start.._at];
        return word switch
        {
            "true" or "false" => new Token(TokenKind.Literal, start, word.Length, word, Value.Of(word == "true")),
            "null" => new Token(TokenKind.Literal, start, word.Length, word, Value.Null),
            "in" => new Token(TokenKind.Symbol, start, word.Length, word, default),
            _ => new Token(TokenKind.Name, start, word.Length, word, default),
        };
    }

    private Token Number()
    {
        var start = _at;
        var hex = text[_at] == '0' && _at + 1 < text.Length && text[_at + 1] is 'x' or 'X';
        var real = false;
        if (hex)
        {
            _at = End(_at + 2, char.IsAsciiHexDigit);
        }
        else
        {
            _at = End(_at, char.IsAsciiDigit);
            if (_at + 1 < text.Length && text[_at] == '.' && char.IsAsciiDigit(text[_at + 1]))
            {
                real = true;
                _at = End(_at + 1, char.IsAsciiDigit);
            }

            if (_at < text.Length && text[_at] is 'e' or 'E')
            {
                var digits = _at + 1 < text.Length && text[_at + 1] is '+' or '-' ? _at + 2 : _at + 1;
                var end = End(digits, char.IsAsciiDigit);
                if (end > digits)
                {
                    real = true;
                    _at = end;
                }
            }
        }

        var number = text[start.._at];
        if (number.Length == 2 && hex)
        {
            throw new SyntaxException(start, "There are no digits after 0x.");
        }

        var unsigned = !real && _at < text.Length && text[_at] is 'u' or 'U';
        _at += unsigned ? 1 : 0;
        if (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
        {
            throw new SyntaxException(start, $"'{text[start..Math.Min(End(_at, x => char.IsAsciiLetterOrDigit(x) || x == '_'), start + 40)]}' is no number.");
        }

        var length = _at - start;
        if (real)
        {
            var value = double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
            return double.IsFinite(value) ? new Token(TokenKind.Literal, start, length, "", Value.Of(value)) : throw new SyntaxException(start, "The number is too large for a double.");
        }

        if (!unsigned)
        {
            return new Token(TokenKind.Digits, start, length, number, default);
        }

        return ulong.TryParse(hex ? number.AsSpan(2) : number, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            ? new Token(TokenKind.Literal, start, length, "", Value.Of(whole))
            : throw new SyntaxException(start, "The number is too large for a uint.");
    }

    private Token Quoted()
    {
        var start = _at;
        _at = End(_at + 1, c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '/' or ' ');
        if (_at == start + 1 || _at == text.Length || text[_at] != '`')
        {
            throw new SyntaxException(start, "A name between backticks is letters, digits, '_', '.', '-', '/' and spaces.");
        }

        return new Token(TokenKind.QuotedName, start, ++_at - start, text[(start + 1)..(_at - 1)], default);
    }

    private Token Symbol()
    {
        var start = _at;
        foreach (var symbol in Symbols)
        {
            if (text.AsSpan(_at).StartsWith(symbol, StringComparison.Ordinal))
            {
                _at += symbol.Length;
                return new Token(TokenKind.Symbol, start, symbol.Length, symbol, default);
            }
        }

        throw text[_at] switch
        {
            '=' => new SyntaxException(start, "There is no '='.", "Compare with '=='."),
            '&' => new SyntaxException(start, "There is no '&'.", "Join conditions with '&&'."),
            '|' => new SyntaxException(start, "There is no '|'.", "Join conditions with '||'."),
            var c => new SyntaxException(start, char.IsControl(c) || char.IsSurrogate(c) ? "There is a character that means nothing." : $"'{c}' means nothing."),
        };
    }

    private int End(int from, Func<char, bool> belongs)
    {
        while (from < text.Length && belongs(text[from]))
        {
            from++;
        }

        return from;
    }
}

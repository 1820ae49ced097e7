using System.Globalization;
using Slipway.Core.Kernel;

namespace Slipway.Core.Expressions;

/// <summary>Reads an expression by descending through its precedences. Nesting is bounded, so that no text exhausts the stack.</summary>
internal sealed class Parser
{
    private static readonly HashSet<string> Reserved =
    [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ];

    // The loosest levels of operators; each binds to the left.
    private const int Or = 1;
    private const int And = 2;

    private readonly Lexer _lexer;
    private Token _token;
    private int _depth;

    private Parser(string text)
    {
        _lexer = new Lexer(text);
        _token = _lexer.Next();
    }

    /// <exception cref="SyntaxException">It cannot be read.</exception>
    public static Syntax Parse(string text)
    {
        if (text.Length > Limits.ExpressionLength)
        {
            throw new SyntaxException(0, $"The expression has {text.Length} characters; {Limits.ExpressionLength} are allowed.");
        }

        var parser = new Parser(text);
        if (parser._token.Kind == TokenKind.End)
        {
            throw new SyntaxException(parser._token.Offset, "There is no expression.");
        }

        var read = parser.ReadExpression();
        return parser._token.Kind == TokenKind.End ? read : throw parser.Unexpected("an operator or the end");
    }

    private Syntax ReadExpression()
    {
        Enter();
        var condition = ReadRow(Or);
        var offset = _token.Offset;
        if (Take("?"))
        {
            var then = ReadRow(Or);
            Expect(":", "':' and what it is otherwise");
            condition = Bounded(new ConditionalSyntax(offset, condition, then, ReadExpression()));
        }

        _depth--;
        return condition;
    }

    /// <summary>Operators that bind at least as closely as a level. One method for all levels, so that brackets cost little stack.</summary>
    private Syntax ReadRow(int level)
    {
        var left = ReadUnary();
        while (LevelOf(_token) is var at && at >= level)
        {
            var symbol = Advance();
            left = Bounded(at <= And ? ReadLogic(left, symbol, at) : new BinarySyntax(symbol.Offset, symbol.Text, left, ReadRow(at + 1)));
        }

        return left;
    }

    private LogicSyntax ReadLogic(Syntax first, Token symbol, int level)
    {
        List<Syntax> terms = [first];
        do
        {
            terms.Add(ReadRow(level + 1));
        }
        while (Take(symbol.Text));
        return new LogicSyntax(symbol.Offset, level == And, terms);
    }

    private static int LevelOf(Token token) => token.Kind != TokenKind.Symbol ? 0 : token.Text switch
    {
        "||" => Or,
        "&&" => And,
        "<" or "<=" or ">=" or ">" or "==" or "!=" or "in" => And + 1,
        "+" or "-" => And + 2,
        "*" or "/" or "%" => And + 3,
        _ => 0,
    };

    private Syntax ReadUnary()
    {
        if (!_token.Is("-") && !_token.Is("!"))
        {
            return ReadMember(ReadPrimary());
        }

        var symbol = Advance();
        if (symbol.Text == "-" && _token.Kind is TokenKind.Digits)
        {
            return ReadMember(Whole(symbol.Offset, Advance().Text, negative: true));
        }

        if (symbol.Text == "-" && _token is { Kind: TokenKind.Literal, Value.Kind: ValueKind.Double })
        {
            return ReadMember(new LiteralSyntax(symbol.Offset, Value.Of(-Advance().Value.AsDouble)));
        }

        if (_token.Is(symbol.Text == "-" ? "!" : "-"))
        {
            throw new SyntaxException(_token.Offset, "'!' and '-' do not follow one another.", "Put the inner one in brackets.");
        }

        Enter();
        var read = Bounded(new UnarySyntax(symbol.Offset, symbol.Text, ReadUnary()));
        _depth--;
        return read;
    }

    private Syntax ReadMember(Syntax of)
    {
        while (true)
        {
            if (Take("."))
            {
                var optional = Take("?");
                var name = _token.Kind is TokenKind.Name or TokenKind.QuotedName ? Advance() : throw Unexpected("the name of a field");
                of = !optional && name.Kind == TokenKind.Name && Take("(")
                    ? new CallSyntax(name.Offset, of, name.Text, ReadArguments(")"))
                    : new FieldSyntax(name.Offset, of, name.Text, optional);
            }
            else if (_token.Is("["))
            {
                var offset = Advance().Offset;
                var optional = Take("?");
                var index = ReadExpression();
                Expect("]", "']'");
                of = new IndexSyntax(offset, of, index, optional);
            }
            else
            {
                return of;
            }

            Bounded(of);
        }
    }

    private Syntax ReadPrimary()
    {
        var offset = _token.Offset;
        switch (_token.Kind)
        {
            case TokenKind.Literal:
                return new LiteralSyntax(offset, Advance().Value);
            case TokenKind.Digits:
                return Whole(offset, Advance().Text, negative: false);
            case TokenKind.Name:
                return ReadName(root: false);
            case TokenKind.Symbol when Take("."):
                return _token.Kind == TokenKind.Name ? ReadName(root: true) : throw Unexpected("a name");
            case TokenKind.Symbol when Take("("):
                var inner = ReadExpression();
                Expect(")", "')'");
                return inner;
            case TokenKind.Symbol when Take("["):
                return Bounded(new ListSyntax(offset, ReadArguments("]")));
            case TokenKind.Symbol when Take("{"):
                return Bounded(new MapSyntax(offset, ReadEntries()));
            default:
                throw Unexpected("a value");
        }
    }

    private Syntax ReadName(bool root)
    {
        var name = Advance();
        if (Reserved.Contains(name.Text))
        {
            throw new SyntaxException(name.Offset, $"'{name.Text}' is a reserved word.");
        }

        if (_token.Is("{"))
        {
            throw new SyntaxException(_token.Offset, "Messages cannot be made.", "A map is written { \"name\": value }.");
        }

        return Take("(") ? Bounded(new CallSyntax(name.Offset, null, name.Text, ReadArguments(")"))) : new NameSyntax(name.Offset, name.Text, root);
    }

    private List<Syntax> ReadArguments(string close)
    {
        List<Syntax> read = [];
        while (!Take(close))
        {
            var offset = _token.Offset;
            read.Add(close == "]" && Take("?") ? Bounded(new MaybeSyntax(offset, ReadExpression())) : ReadExpression());
            if (!_token.Is(close))
            {
                Expect(",", $"',' or '{close}'");
                if (close == ")" && _token.Is(close))
                {
                    throw Unexpected("a value");
                }
            }
        }

        return read;
    }

    private List<(Syntax Key, Syntax Value)> ReadEntries()
    {
        List<(Syntax Key, Syntax Value)> read = [];
        while (!Take("}"))
        {
            var offset = _token.Offset;
            var maybe = Take("?");
            var key = ReadExpression();
            Expect(":", "':' and the value of the key");
            read.Add((key, maybe ? Bounded(new MaybeSyntax(offset, ReadExpression())) : ReadExpression()));
            if (!_token.Is("}"))
            {
                Expect(",", "',' or '}'");
            }
        }

        return read;
    }

    private static LiteralSyntax Whole(int offset, string digits, bool negative)
    {
        var hex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var read = ulong.TryParse(hex ? digits.AsSpan(2) : digits, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var whole);
        if (!read || whole > (ulong)long.MaxValue + (negative ? 1ul : 0))
        {
            throw new SyntaxException(offset, "The number is too large for an int.", negative ? null : "A uint has a 'u' behind it.");
        }

        return new LiteralSyntax(offset, Value.Of(unchecked(negative ? -(long)whole : (long)whole)));
    }

    private static Syntax Bounded(Syntax read) => read.Depth <= Limits.ExpressionDepth ? read : throw TooDeep(read.Offset);

    private void Enter()
    {
        if (++_depth > Limits.ExpressionDepth)
        {
            throw TooDeep(_token.Offset);
        }
    }

    private static SyntaxException TooDeep(int offset) => new(offset, $"It is nested deeper than {Limits.ExpressionDepth} levels.");

    private Token Advance()
    {
        var taken = _token;
        _token = _lexer.Next();
        return taken;
    }

    private bool Take(string symbol)
    {
        if (!_token.Is(symbol))
        {
            return false;
        }

        Advance();
        return true;
    }

    private void Expect(string symbol, string words)
    {
        if (!Take(symbol))
        {
            throw Unexpected(words);
        }
    }

    private SyntaxException Unexpected(string expected) => new(_token.Offset, $"Here is {_token.Words}; expected was {expected}.");
}

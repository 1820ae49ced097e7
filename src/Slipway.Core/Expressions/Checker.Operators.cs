using Slipway.Core.Expressions.Functions;
using Slipway.Core.Expressions.Steps;

namespace Slipway.Core.Expressions;

// Which operators there are for which types.
internal sealed partial class Checker
{
    private static readonly HashSet<ValueKind> Ordered =
        [ValueKind.Bool, ValueKind.Int, ValueKind.Uint, ValueKind.Double, ValueKind.String, ValueKind.Bytes, ValueKind.Timestamp, ValueKind.Duration];

    private Checked Unary(UnarySyntax syntax)
    {
        var of = Check(syntax.Of);
        if (syntax.Symbol == "!")
        {
            return of.Type.Agrees(ExpressionType.Bool) ? new Checked(new NotStep(syntax.Offset, of.Step), ExpressionType.Bool) : NoOperator(syntax.Offset, "!", of.Type);
        }

        return of.Type.Kind is ValueKind.Int or ValueKind.Double or ValueKind.Error
            ? new Checked(new UnaryStep(syntax.Offset, of.Step, static (a, _) => Arithmetic.Negate(a)), of.Type)
            : NoOperator(syntax.Offset, "-", of.Type);
    }

    private Checked Binary(BinarySyntax syntax)
    {
        var (left, right) = (Check(syntax.Left), Check(syntax.Right));
        return BinaryType(syntax.Symbol, left.Type, right.Type) is { } type
            ? new Checked(new BinaryStep(syntax.Offset, left.Step, right.Step, Apply(syntax.Symbol)), type)
            : Wrong(syntax.Offset, $"'{syntax.Symbol}' is not there for {left.Type} and {right.Type}.", Way(left.Type, right.Type));
    }

    /// <summary>Null: there is no such operator for these.</summary>
    private static ExpressionType? BinaryType(string symbol, ExpressionType a, ExpressionType b) => symbol switch
    {
        "==" or "!=" => a.Agrees(b) ? ExpressionType.Bool : null,
        "<" or "<=" or ">" or ">=" => (a.IsNumber && b.IsNumber) || ((a.IsDyn || Ordered.Contains(a.Kind)) && (b.IsDyn || Ordered.Contains(b.Kind)) && a.Agrees(b)) ? ExpressionType.Bool : null,
        "in" => b switch
        {
            ListType list => list.Element.Agrees(a),
            MapType map => map.Key.Agrees(a),
            ObjectType => a.Agrees(ExpressionType.String),
            _ => b.IsDyn,
        } ? ExpressionType.Bool : null,
        _ when a.IsDyn && b.IsDyn => ExpressionType.Dyn,
        _ when a.IsDyn => Operands(symbol, b.Kind, b.Kind) || Operands(symbol, ValueKind.Timestamp, b.Kind) || Operands(symbol, ValueKind.Duration, b.Kind) ? ExpressionType.Dyn : null,
        _ when b.IsDyn => Operands(symbol, a.Kind, a.Kind) || Operands(symbol, a.Kind, ValueKind.Duration) || Operands(symbol, a.Kind, ValueKind.Timestamp) ? ExpressionType.Dyn : null,
        _ when !Operands(symbol, a.Kind, b.Kind) => null,
        _ => (a.Kind, b.Kind) switch
        {
            (ValueKind.List, _) => a.Agrees(b) ? a.Join(b) : null,
            (ValueKind.Timestamp, ValueKind.Timestamp) => ExpressionType.Duration,
            (ValueKind.Duration, ValueKind.Timestamp) => b,
            _ => a,
        },
    };

    private static bool Operands(string symbol, ValueKind a, ValueKind b) => (a, b) switch
    {
        (ValueKind.Int, ValueKind.Int) or (ValueKind.Uint, ValueKind.Uint) => true,
        (ValueKind.Double, ValueKind.Double) => symbol != "%",
        (ValueKind.Timestamp, ValueKind.Duration) or (ValueKind.Duration, ValueKind.Duration) => symbol is "+" or "-",
        (ValueKind.Timestamp, ValueKind.Timestamp) => symbol == "-",
        (ValueKind.Duration, ValueKind.Timestamp) => symbol == "+",
        _ => a == b && a is ValueKind.String or ValueKind.Bytes or ValueKind.List && symbol == "+",
    };

    private static Func<Value, Value, Evaluation, Value> Apply(string symbol) => symbol switch
    {
        "==" => static (a, b, run) => Comparison.Equal(a, b, run),
        "!=" => static (a, b, run) => Comparison.Equal(a, b, run) is { IsError: false } same ? Value.Of(same.IsFalse) : Comparison.Equal(a, b, run),
        "<" => static (a, b, run) => Comparison.Order(a, b, "<", run),
        "<=" => static (a, b, run) => Comparison.Order(a, b, "<=", run),
        ">" => static (a, b, run) => Comparison.Order(a, b, ">", run),
        ">=" => static (a, b, run) => Comparison.Order(a, b, ">=", run),
        "in" => static (a, b, run) => Comparison.In(a, b, run),
        "+" => static (a, b, run) => Arithmetic.Add(a, b, run),
        "-" => static (a, b, _) => Arithmetic.Subtract(a, b),
        "*" => static (a, b, _) => Arithmetic.Multiply(a, b),
        "/" => static (a, b, _) => Arithmetic.Divide(a, b),
        _ => static (a, b, _) => Arithmetic.Remainder(a, b),
    };

    private Checked NoOperator(int offset, string symbol, ExpressionType type) => Wrong(offset, $"'{symbol}' is not there for {type}.", null);

    private static string? Way(ExpressionType a, ExpressionType b) => (a, b) switch
    {
        ({ IsNumber: true }, { IsNumber: true }) => $"Convert one: {a}(…) or {b}(…).",
        ({ Kind: ValueKind.String }, { IsNumber: true }) or ({ IsNumber: true }, { Kind: ValueKind.String }) => "Convert one: string(…) makes a text of a number, int(…) a number of a text.",
        _ => null,
    };
}

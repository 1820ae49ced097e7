namespace Slipway.Core.Expressions;

public sealed record ExpressionVariable(string Name, ExpressionType Type);

/// <summary>What expressions of one purpose may speak of: variables with their types.</summary>
public sealed class ExpressionEnvironment
{
    private readonly Dictionary<string, (int Slot, ExpressionType Type)> _variables;

    public ExpressionEnvironment(params IReadOnlyList<ExpressionVariable> variables)
    {
        Variables = variables;
        _variables = variables.Select((v, i) => (v, i)).ToDictionary(v => v.v.Name, v => (v.i, v.v.Type), StringComparer.Ordinal);
    }

    public IReadOnlyList<ExpressionVariable> Variables { get; }

    /// <summary>An expression, or everything that is wrong with it in the order of its text; never both.</summary>
    /// <param name="result">The type that it must have; null: any.</param>
    public ExpressionReading Read(string text, ExpressionType? result = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        Syntax syntax;
        try
        {
            syntax = Parser.Parse(text);
        }
        catch (SyntaxException e)
        {
            return new ExpressionReading(null, [ExpressionProblem.At(text, e.Offset, e.Message, e.Suggestion)]);
        }

        var checker = new Checker(this, text);
        var (step, type) = checker.Check(syntax);
        if (checker.Problems.Count == 0 && result is not null && !type.Agrees(result))
        {
            checker.Wrong(syntax.Offset, $"It is {type}; {result} is asked for.", null);
        }

        return checker.Problems.Count > 0
            ? new ExpressionReading(null, [.. checker.Problems.OrderBy(p => p.Line).ThenBy(p => p.Column)])
            : new ExpressionReading(new Expression(this, text, type, checker.Used, step, checker.Slots), []);
    }

    /// <summary>Nothing is given yet.</summary>
    public ExpressionInputs Inputs() => new(this);

    internal (int Slot, ExpressionType Type)? Find(string name) => _variables.TryGetValue(name, out var found) ? found : null;
}

/// <summary>An expression, or what is wrong with its text; never both.</summary>
public sealed record ExpressionReading(Expression? Expression, IReadOnlyList<ExpressionProblem> Problems);

namespace Slipway.Core.Expressions.Functions;

/// <summary>What a function does; its arguments are of the types that were declared. An error that it gives is placed where it was called.</summary>
internal delegate Value Implementation(ReadOnlySpan<Value> arguments, Evaluation run);

/// <summary>One form of a function.</summary>
/// <param name="Method">Called on its first parameter: <c>text.contains(part)</c>.</param>
/// <param name="Result">Null: the type of the first argument.</param>
internal sealed record Overload(string Name, bool Method, IReadOnlyList<ExpressionType> Parameters, ExpressionType? Result, Implementation Do)
{
    /// <summary>The result's type, made of that of the first argument.</summary>
    public Func<ExpressionType, ExpressionType>? Derive { get; init; }

    public ExpressionType ResultOf(IReadOnlyList<ExpressionType> arguments) => Derive?.Invoke(arguments[0]) ?? Result ?? arguments[0];

    public bool Takes(ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length != Parameters.Count)
        {
            return false;
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            if (!Parameters[i].IsDyn && Parameters[i].Kind != arguments[i].Kind)
            {
                return false;
            }
        }

        return true;
    }

    public bool MayTake(IReadOnlyList<ExpressionType> types) => types.Count == Parameters.Count && Parameters.Zip(types).All(p => p.First.IsDyn || p.First.Agrees(p.Second));

    public override string ToString() => Method ? $"{Parameters[0]}.{Name}({string.Join(", ", Parameters.Skip(1))})" : $"{Name}({string.Join(", ", Parameters)})";
}

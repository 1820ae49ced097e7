using System.Text.Json;

namespace Slipway.Core.Expressions;

/// <summary>What the variables of an environment are in one evaluation. One that is not given is an error where it is used.</summary>
public sealed class ExpressionInputs
{
    internal ExpressionInputs(ExpressionEnvironment environment)
    {
        Environment = environment;
        Values = new Value[environment.Variables.Count];
    }

    internal ExpressionEnvironment Environment { get; }

    internal Value[] Values { get; }

    /// <exception cref="ArgumentException">There is no such variable, or the value is not of its type.</exception>
    public ExpressionInputs With(string variable, Value value)
    {
        var (slot, type) = Find(variable);
        if (!type.IsDyn && value.Kind != type.Kind && value.Kind is not (ValueKind.Null or ValueKind.Error))
        {
            throw new ArgumentException($"{variable} is declared {type}; {value.Kind} was given.", nameof(value));
        }

        Values[slot] = value;
        return this;
    }

    /// <summary>The JSON is read as the type of the variable when it is used; what is not of that type is an error there. The document must live as long.</summary>
    /// <exception cref="ArgumentException">There is no such variable.</exception>
    public ExpressionInputs With(string variable, JsonElement json)
    {
        var (slot, type) = Find(variable);
        Values[slot] = JsonValues.Read(json, type);
        return this;
    }

    private (int Slot, ExpressionType Type) Find(string variable) => Environment.Find(variable) ?? throw new ArgumentException($"There is no variable '{variable}'.", nameof(variable));
}

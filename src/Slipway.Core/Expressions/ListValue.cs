namespace Slipway.Core.Expressions;

/// <summary>A list. Elements are made when they are asked for.</summary>
public abstract class ListValue
{
    public abstract int Count { get; }

    /// <summary>One after the other: cheaper than by index where a list is read from JSON.</summary>
    public abstract IEnumerable<Value> Items { get; }

    public abstract Value this[int index] { get; }
}

internal sealed class ArrayList(Value[] items) : ListValue
{
    public override int Count => items.Length;

    public override IEnumerable<Value> Items => items;

    public override Value this[int index] => items[index];
}

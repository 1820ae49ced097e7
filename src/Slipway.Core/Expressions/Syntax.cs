namespace Slipway.Core.Expressions;

/// <summary>An expression as it is written. <see cref="Offset"/> is the place that a problem with it is told at.</summary>
internal abstract class Syntax(int offset, params IEnumerable<Syntax> parts)
{
    public int Offset { get; } = offset;

    /// <summary>How deep it is nested.</summary>
    public int Depth { get; } = parts.Select(p => p.Depth).DefaultIfEmpty().Max() + 1;
}

internal sealed class LiteralSyntax(int offset, Value value) : Syntax(offset)
{
    public Value Value { get; } = value;
}

/// <param name="root">Written with a dot before it, so that no variable of a macro is meant.</param>
internal sealed class NameSyntax(int offset, string name, bool root) : Syntax(offset)
{
    public string Name { get; } = name;

    public bool Root { get; } = root;
}

/// <param name="optional">It may be missing: <c>a.?b</c>.</param>
internal sealed class FieldSyntax(int offset, Syntax of, string field, bool optional = false) : Syntax(offset, of)
{
    public Syntax Of { get; } = of;

    public bool Optional { get; } = optional;

    public string Field { get; } = field;
}

/// <param name="optional">It may be missing: <c>a[?b]</c>.</param>
internal sealed class IndexSyntax(int offset, Syntax of, Syntax index, bool optional = false) : Syntax(offset, of, index)
{
    public Syntax Of { get; } = of;

    public bool Optional { get; } = optional;

    public Syntax Index { get; } = index;
}

/// <param name="target">What the function is called on; null: nothing.</param>
internal sealed class CallSyntax(int offset, Syntax? target, string name, IReadOnlyList<Syntax> arguments) : Syntax(offset, target is null ? arguments : [target, .. arguments])
{
    public Syntax? Target { get; } = target;

    public string Name { get; } = name;

    public IReadOnlyList<Syntax> Arguments { get; } = arguments;
}

/// <summary>An element of a list that is left out, or an entry of a map whose value makes it left out, where the optional value is missing: <c>[?a]</c>, <c>{?"k": a}</c>.</summary>
internal sealed class MaybeSyntax(int offset, Syntax of) : Syntax(offset, of)
{
    public Syntax Of { get; } = of;
}

internal sealed class ListSyntax(int offset, IReadOnlyList<Syntax> items) : Syntax(offset, items)
{
    public IReadOnlyList<Syntax> Items { get; } = items;
}

internal sealed class MapSyntax(int offset, IReadOnlyList<(Syntax Key, Syntax Value)> entries) : Syntax(offset, entries.SelectMany(e => new[] { e.Key, e.Value }))
{
    public IReadOnlyList<(Syntax Key, Syntax Value)> Entries { get; } = entries;
}

internal sealed class UnarySyntax(int offset, string symbol, Syntax of) : Syntax(offset, of)
{
    public string Symbol { get; } = symbol;

    public Syntax Of { get; } = of;
}

internal sealed class BinarySyntax(int offset, string symbol, Syntax left, Syntax right) : Syntax(offset, left, right)
{
    public string Symbol { get; } = symbol;

    public Syntax Left { get; } = left;

    public Syntax Right { get; } = right;
}

/// <summary>A whole row of <c>&amp;&amp;</c> or of <c>||</c>: such rows may be long, and do not nest.</summary>
internal sealed class LogicSyntax(int offset, bool all, IReadOnlyList<Syntax> terms) : Syntax(offset, terms)
{
    public bool All { get; } = all;

    public IReadOnlyList<Syntax> Terms { get; } = terms;
}

internal sealed class ConditionalSyntax(int offset, Syntax condition, Syntax then, Syntax otherwise) : Syntax(offset, condition, then, otherwise)
{
    public Syntax Condition { get; } = condition;

    public Syntax Then { get; } = then;

    public Syntax Otherwise { get; } = otherwise;
}

using Slipway.Core.Definitions;
using Slipway.Core.Expressions.Functions;
using Slipway.Core.Expressions.Steps;

namespace Slipway.Core.Expressions;

/// <summary>A part of an expression that can be evaluated, and the type of its values.</summary>
internal readonly record struct Checked(Step Step, ExpressionType Type);

/// <summary>Finds what names mean and whether types agree, and makes the steps. What is wrong is collected; a part that is wrong counts as dyn, so that nothing follows from it.</summary>
internal sealed partial class Checker(ExpressionEnvironment environment, string text)
{
    private readonly List<(string Name, ExpressionType Type, int Slot)> _locals = [];

    public List<ExpressionProblem> Problems { get; } = [];

    /// <summary>Variables of the environment that it speaks of.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);

    /// <summary>Values that an evaluation holds: variables of the environment and of macros.</summary>
    public int Slots { get; private set; } = environment.Variables.Count;

    public Checked Check(Syntax syntax) => syntax switch
    {
        LiteralSyntax literal => new Checked(new ConstantStep(literal.Offset, literal.Value), TypeOf(literal.Value)),
        NameSyntax name => Name(name),
        FieldSyntax field => Named(field) ?? Field(field),
        IndexSyntax index => Index(index),
        MaybeSyntax maybe => Maybe(maybe),
        CallSyntax call => Call(call),
        ListSyntax list => List(list),
        MapSyntax map => Map(map),
        UnarySyntax unary => Unary(unary),
        BinarySyntax binary => Binary(binary),
        LogicSyntax logic => new Checked(new LogicStep(logic.Offset, logic.All, [.. logic.Terms.Select(t => Bool(t, logic.All ? "'&&'" : "'||'"))]), ExpressionType.Bool),
        ConditionalSyntax conditional => Conditional(conditional),
        _ => throw new InvalidOperationException($"There is no check of {syntax.GetType().Name}."),
    };

    public Checked Wrong(int offset, string message, string? suggestion)
    {
        Problems.Add(ExpressionProblem.At(text, offset, message, suggestion));
        return new Checked(new ConstantStep(offset, Value.Null), ExpressionType.Dyn);
    }

    private Checked Name(NameSyntax name)
    {
        if (!name.Root && Local(name.Name) is { } local)
        {
            return new Checked(new VariableStep(name.Offset, name.Name, local.Slot), local.Type);
        }

        return Global(name.Offset, name.Name) ?? Wrong(name.Offset, $"There is no variable '{name.Name}'.", Suggest(name.Name, [.. _locals.Where(_ => !name.Root).Select(l => l.Name), .. environment.Variables.Select(v => v.Name)]));
    }

    /// <summary>Several names with dots between them that are one name together.</summary>
    private Checked? Named(FieldSyntax field) => Dotted(field) is { } dotted ? Global(field.Offset, dotted) : null;

    private Checked? Global(int offset, string name)
    {
        if (environment.Find(name) is not { } variable)
        {
            return Kinds.Names.Contains(name) ? new Checked(new ConstantStep(offset, Value.OfType(name)), ExpressionType.Type) : null;
        }

        Used.Add(name);
        return new Checked(new VariableStep(offset, name, variable.Slot), variable.Type);
    }

    /// <summary>Null: it is no row of names, or it begins with a variable of a macro.</summary>
    private string? Dotted(Syntax syntax)
    {
        List<string> names = [];
        while (syntax is FieldSyntax { Optional: false } field)
        {
            names.Add(field.Field);
            syntax = field.Of;
        }

        if (syntax is not NameSyntax first || (!first.Root && Local(first.Name) is not null))
        {
            return null;
        }

        names.Add(first.Name);
        names.Reverse();
        return string.Join('.', names);
    }

    private (string Name, ExpressionType Type, int Slot)? Local(string name)
    {
        var found = _locals.FindLastIndex(l => l.Name == name);
        return found < 0 ? null : _locals[found];
    }

    private Checked Field(FieldSyntax field)
    {
        var of = Check(field.Of);
        var (from, isMaybe) = of.Type is OptionalType maybe ? (maybe.Element, true) : (of.Type, field.Optional);
        var type = FieldType(field, from);
        return new Checked(new FieldStep(field.Offset, of.Step, field.Field, field.Optional), isMaybe ? ExpressionType.Optional(type) : type);
    }

    private ExpressionType FieldType(FieldSyntax field, ExpressionType of) => of switch
    {
        ObjectType known => known.Fields.TryGetValue(field.Field, out var type) ? type : Wrong(field.Offset, $"{known.Name} has no field '{field.Field}'.", Suggest(field.Field, [.. known.Fields.Keys])).Type,
        MapType map when map.Key.Agrees(ExpressionType.String) => map.Value,
        { IsDyn: true } => ExpressionType.Dyn,
        _ => Wrong(field.Offset, $"{of} has no fields.", FunctionTable.Find(field.Field, method: true).Count > 0 ? $"A function is called with brackets: {field.Field}()." : null).Type,
    };

    private Checked Index(IndexSyntax syntax)
    {
        var (of, index) = (Check(syntax.Of), Check(syntax.Index));
        var (from, isMaybe) = of.Type is OptionalType maybe ? (maybe.Element, true) : (of.Type, syntax.Optional);
        var type = from switch
        {
            ListType list when index.Type.IsNumber || index.Type.IsDyn => list.Element,
            MapType map when map.Key.Agrees(index.Type) || (map.Key.IsNumber && index.Type.IsNumber) => map.Value,
            ObjectType when index.Type.Agrees(ExpressionType.String) => ExpressionType.Dyn,
            { IsDyn: true } => ExpressionType.Dyn,
            _ => Wrong(syntax.Offset, $"{from} cannot be indexed with {index.Type}.", null).Type,
        };
        return new Checked(new IndexStep(syntax.Offset, of.Step, index.Step, syntax.Optional), isMaybe ? ExpressionType.Optional(type) : type);
    }

    private Checked List(ListSyntax syntax)
    {
        Checked[] items = [.. syntax.Items.Select(Check)];
        var element = items.Length == 0 ? ExpressionType.Dyn : items.Select(i => i.Type).Aggregate((a, b) => a.Join(b));
        Step step = items.All(i => i.Step is ConstantStep)
            ? new ConstantStep(syntax.Offset, Value.Of(new ArrayList([.. items.Select(i => ((ConstantStep)i.Step).Value)])))
            : new ListStep(syntax.Offset, [.. items.Select(i => i.Step)]);
        return new Checked(step, ExpressionType.List(element));
    }

    private Checked Map(MapSyntax syntax)
    {
        (Checked Key, Checked Value)[] entries = [.. syntax.Entries.Select(e => (Check(e.Key), Check(e.Value)))];
        foreach (var (key, _) in entries)
        {
            if (!key.Type.IsDyn && key.Type.Kind is not (ValueKind.String or ValueKind.Int or ValueKind.Uint or ValueKind.Bool))
            {
                Wrong(key.Step.Offset, $"{key.Type} cannot be a key.", "Keys are string, int, uint or bool.");
            }
        }

        ExpressionType Joined(IEnumerable<ExpressionType> types) => entries.Length == 0 ? ExpressionType.Dyn : types.Aggregate((a, b) => a.Join(b));
        return new Checked(
            new MapStep(syntax.Offset, [.. entries.Select(e => (e.Key.Step, e.Value.Step))]),
            ExpressionType.Map(Joined(entries.Select(e => e.Key.Type)), Joined(entries.Select(e => e.Value.Type))));
    }

    private Checked Conditional(ConditionalSyntax syntax)
    {
        var condition = Bool(syntax.Condition, "'?'");
        var (then, otherwise) = (Check(syntax.Then), Check(syntax.Otherwise));
        if (!then.Type.Agrees(otherwise.Type))
        {
            Wrong(syntax.Offset, $"Both sides of ':' must be of one type; they are {then.Type} and {otherwise.Type}.", "Where that is meant, write dyn(…) around one.");
        }

        return new Checked(new ConditionalStep(syntax.Offset, condition, then.Step, otherwise.Step), then.Type.Join(otherwise.Type));
    }

    private Step Bool(Syntax syntax, string asker)
    {
        var read = Check(syntax);
        if (!read.Type.Agrees(ExpressionType.Bool))
        {
            Wrong(syntax.Offset, $"{asker} asks for bool; this is {read.Type}.", read.Type is OptionalType ? "Say what it is where it is missing: .orValue(false)." : null);
        }

        return read.Step;
    }

    private static ExpressionType TypeOf(Value literal) => literal.Kind switch
    {
        ValueKind.Null => ExpressionType.Null,
        ValueKind.Bool => ExpressionType.Bool,
        ValueKind.Int => ExpressionType.Int,
        ValueKind.Uint => ExpressionType.Uint,
        ValueKind.Double => ExpressionType.Double,
        ValueKind.String => ExpressionType.String,
        _ => ExpressionType.Bytes,
    };

    private static string? Suggest(string word, string[] allowed) => allowed.Length == 0 ? null : allowed.Length <= 20 ? NearWords.Suggest(word, allowed) : NearWords.Nearest(word, allowed) is { } near ? $"Did you mean '{near}'?" : null;
}

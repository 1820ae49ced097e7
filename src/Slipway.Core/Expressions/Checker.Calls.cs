using Slipway.Core.Expressions.Functions;
using Slipway.Core.Expressions.Steps;

namespace Slipway.Core.Expressions;

// Macros and functions.
internal sealed partial class Checker
{
    private static readonly string[] Macros = ["all", "exists", "exists_one", "map", "filter"];

    private Checked Call(CallSyntax call)
    {
        switch (call.Target, call.Name, call.Arguments.Count)
        {
            case (null, "has", 1):
                return Has(call);
            case (null, "dyn", 1):
                return Check(call.Arguments[0]) with { Type = ExpressionType.Dyn };
            case (null, "type", 1):
                return new Checked(new UnaryStep(call.Offset, Check(call.Arguments[0]).Step, static (a, _) => Kinds.TypeOf(a)), ExpressionType.Type);
            case (NameSyntax { Name: "math" }, "greatest" or "least", _) when Local("math") is null && environment.Find("math") is null:
                return Extreme(call);
            case ({ } target, "all" or "exists" or "exists_one" or "filter", 2):
            case ({ }, "map", 2 or 3):
                return Macro(call, call.Target!);
            default:
                return Function(call);
        }
    }

    private Checked Has(CallSyntax call)
    {
        if (call.Arguments[0] is not FieldSyntax field)
        {
            return Wrong(call.Arguments[0].Offset, "has() asks for a field.", "Write it like has(build.tag).");
        }

        var of = Check(field.Of);
        FieldType(field, of.Type);
        return new Checked(new HasStep(field.Offset, of.Step, field.Field), ExpressionType.Bool);
    }

    private Checked Macro(CallSyntax call, Syntax target)
    {
        var of = Check(target);
        if (call.Arguments[0] is not NameSyntax { Root: false } variable)
        {
            return Wrong(call.Arguments[0].Offset, $"The first argument of {call.Name} is the name of a variable.", $"Write it like list.{call.Name}(x, …).");
        }

        var element = of.Type switch
        {
            ListType list => list.Element,
            MapType map => map.Key,
            ObjectType => ExpressionType.String,
            { IsDyn: true } => ExpressionType.Dyn,
            _ => Wrong(call.Offset, $"{call.Name} is there for lists and maps; this is {of.Type}.", null).Type,
        };

        // A slot is free again behind the macro: those within one another have their own.
        var slot = environment.Variables.Count + _locals.Count;
        Slots = Math.Max(Slots, slot + 1);
        _locals.Add((variable.Name, element, slot));
        try
        {
            return Body(call, of, element, slot);
        }
        finally
        {
            _locals.RemoveAt(_locals.Count - 1);
        }
    }

    private Checked Body(CallSyntax call, Checked of, ExpressionType element, int slot)
    {
        switch (call.Name)
        {
            case "all" or "exists":
                return new Checked(new QuantifierStep(call.Offset, of.Step, slot, call.Name == "all", Bool(call.Arguments[1], call.Name)), ExpressionType.Bool);
            case "exists_one":
                return new Checked(new ExistsOneStep(call.Offset, of.Step, slot, Bool(call.Arguments[1], call.Name)), ExpressionType.Bool);
            case "filter":
                return new Checked(new CollectStep(call.Offset, of.Step, slot, Bool(call.Arguments[1], call.Name), null), ExpressionType.List(element));
            default:
                var test = call.Arguments.Count == 3 ? Bool(call.Arguments[1], call.Name) : null;
                var result = Check(call.Arguments[^1]);
                return new Checked(new CollectStep(call.Offset, of.Step, slot, test, result.Step), ExpressionType.List(result.Type));
        }
    }

    /// <summary>The greatest or least of its arguments, or of the elements of its only one.</summary>
    private Checked Extreme(CallSyntax call)
    {
        var name = "math." + call.Name;
        Checked[] arguments = [.. call.Arguments.Select(Check)];
        var elements = arguments is [{ Type: ListType list }] ? [list.Element] : arguments.Select(a => a.Type).ToArray();
        if (elements.Length == 0 || elements.Any(e => !e.IsNumber && !e.IsDyn))
        {
            return Wrong(call.Offset, $"{name} asks for numbers, or a list of them.", null);
        }

        var type = elements.Aggregate((a, b) => a.Join(b));
        var greatest = call.Name == "greatest";
        Step of = arguments is [{ Type: ListType or { IsDyn: true } }] ? arguments[0].Step : new ListStep(call.Offset, [.. arguments.Select(a => a.Step)]);
        return new Checked(new UnaryStep(call.Offset, of, (a, run) => Lists.Extreme(a, greatest, name, run)), type);
    }

    private Checked Function(CallSyntax call)
    {
        var forms = FunctionTable.Find(call.Name, call.Target is not null);
        if (forms.Count == 0)
        {
            return Wrong(call.Offset, $"There is no function '{call.Name}'.", OtherFunction(call));
        }

        Checked[] arguments = [.. (call.Target is null ? call.Arguments : [call.Target, .. call.Arguments]).Select(Check)];
        ExpressionType[] types = [.. arguments.Select(a => a.Type)];
        Overload[] fitting = [.. forms.Where(f => f.MayTake(types))];
        if (fitting.Length == 0)
        {
            return Wrong(call.Offset, $"{call.Name} is not there for ({string.Join(", ", types.Select(t => t.ToString()))}).", $"There is {string.Join(", ", forms)}.");
        }

        if (call.Name == "matches" && arguments[1].Step is ConstantStep { Value.Kind: ValueKind.String } constant)
        {
            return Matches(call, arguments[0], constant);
        }

        var results = fitting.Select(f => f.Result ?? types[0]).ToArray();
        return new Checked(new CallStep(call.Offset, call.Name, fitting, [.. arguments.Select(a => a.Step)]), results.All(results[0].Equals) ? results[0] : ExpressionType.Dyn);
    }

    // A pattern that is written down is read once, and what is wrong with it told at once.
    private Checked Matches(CallSyntax call, Checked of, ConstantStep constant)
    {
        if (Patterns.Read(constant.Value.AsText, out var wrong) is not { } pattern)
        {
            return Wrong(constant.Offset, $"{char.ToUpperInvariant(wrong[0])}{wrong[1..]}.", "Patterns are written in RE2's syntax.");
        }

        return new Checked(
            new UnaryStep(call.Offset, of.Step, (a, run) => a.Kind == ValueKind.String ? pattern.Matches(a.AsText, run) : Value.Error($"matches is not there for ({Kinds.Name(a)}, string)")),
            ExpressionType.Bool);
    }

    private static string? OtherFunction(CallSyntax call)
    {
        if (call.Target is null && Macros.Contains(call.Name))
        {
            return $"It is called on a list or a map: list.{call.Name}(x, …).";
        }

        if (Macros.Contains(call.Name))
        {
            return $"{call.Name} takes a variable and what is said of it: list.{call.Name}(x, …).";
        }

        if (FunctionTable.Find(call.Name, call.Target is null) is [var other, ..])
        {
            return $"It is called like {other}.";
        }

        return Definitions.NearWords.Nearest(call.Name, [.. FunctionTable.Names, .. Macros, "has", "dyn", "type"]) is { } near ? $"Did you mean '{near}'?" : null;
    }
}

using Slipway.Core.Expressions.Functions;
using Slipway.Core.Expressions.Steps;

namespace Slipway.Core.Expressions;

// Functions.
internal sealed partial class Checker
{
    /// <summary>What functions that are called on nothing begin with, as in <c>math.abs(x)</c>; a variable of that name hides them.</summary>
    private static readonly string[] Libraries = ["lists", "math", "optional", "strings"];

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
            case ({ } target, "greatest" or "least", _) when IsLibrary(target, "math"):
                return Extreme(call);
            case ({ } target, _, _) when MacroOf(call) is { } macro:
                return Macro(call, target, macro);
            case ({ } target, "or" or "orValue", 1):
                return Or(call, target, unwraps: call.Name == "orValue");
            case ({ } target, "optMap" or "optFlatMap", 2):
                return OptionalMap(call, target, isFlat: call.Name == "optFlatMap");
            case (NameSyntax library, _, _) when Libraries.Contains(library.Name) && IsLibrary(library, library.Name):
                return Function(call, $"{library.Name}.{call.Name}", null);
            default:
                return Function(call, call.Name, call.Target);
        }
    }

    private bool IsLibrary(Syntax target, string name) => target is NameSyntax { Root: false } named && named.Name == name && Local(name) is null && environment.Find(name) is null;

    private Checked Has(CallSyntax call)
    {
        if (call.Arguments[0] is not FieldSyntax { Optional: false } field)
        {
            return Wrong(call.Arguments[0].Offset, "has() asks for a field.", "Write it like has(build.tag).");
        }

        var of = Check(field.Of);
        FieldType(field, of.Type is OptionalType maybe ? maybe.Element : of.Type);
        return new Checked(new HasStep(field.Offset, of.Step, field.Field), ExpressionType.Bool);
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

    private Checked Function(CallSyntax call, string name, Syntax? target)
    {
        var forms = FunctionTable.Find(name, target is not null);
        if (forms.Count == 0)
        {
            return Wrong(call.Offset, $"There is no function '{name}'.", OtherFunction(call, name, target));
        }

        Checked[] arguments = [.. (target is null ? call.Arguments : [target, .. call.Arguments]).Select(Check)];
        ExpressionType[] types = [.. arguments.Select(a => a.Type)];
        Overload[] fitting = [.. forms.Where(f => f.MayTake(types))];
        if (fitting.Length == 0)
        {
            return Wrong(call.Offset, $"{name} is not there for ({string.Join(", ", types.Select(t => t.ToString()))}).", $"There is {string.Join(", ", forms)}.");
        }

        if (name == "matches" && arguments[1].Step is ConstantStep { Value.Kind: ValueKind.String } constant)
        {
            return Matches(call, arguments[0], constant);
        }

        var results = fitting.Select(f => f.ResultOf(types)).ToArray();
        return new Checked(new CallStep(call.Offset, name, fitting, [.. arguments.Select(a => a.Step)]), results.All(results[0].Equals) ? results[0] : ExpressionType.Dyn);
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

    private static string? OtherFunction(CallSyntax call, string name, Syntax? target)
    {
        if (Macros.FirstOrDefault(m => m.Name == call.Name) is { } macro)
        {
            return call.Target is null ? $"It is called on a list or a map: {macro.Way}." : $"{macro.Name} takes {(macro.Variables == 1 ? "a variable and what is said of it" : "two variables and what is said of them")}: {macro.Way}.";
        }

        if (FunctionTable.Find(name, target is null) is [var other, ..])
        {
            return $"It is called like {other}.";
        }

        return Definitions.NearWords.Nearest(name, [.. FunctionTable.Names, .. Macros.Select(m => m.Name), .. OfOptionals, "math.greatest", "math.least", "has", "dyn", "type"]) is { } near ? $"Did you mean '{near}'?" : null;
    }
}

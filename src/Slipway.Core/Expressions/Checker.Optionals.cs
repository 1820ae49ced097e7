using Slipway.Core.Expressions.Steps;

namespace Slipway.Core.Expressions;

// Values that may be missing.
internal sealed partial class Checker
{
    private static readonly string[] OfOptionals = ["or", "orValue", "optMap", "optFlatMap"];

    private Checked Maybe(MaybeSyntax syntax)
    {
        var (step, type) = OptionalOf(syntax.Of, "'?'");
        return new Checked(new MaybeStep(syntax.Offset, step), type);
    }

    private Checked Or(CallSyntax call, Syntax target, bool unwraps)
    {
        var (of, type) = OptionalOf(target, call.Name);
        var other = unwraps ? Check(call.Arguments[0]) : OptionalOf(call.Arguments[0], call.Name);
        if (!type.Agrees(other.Type))
        {
            Wrong(call.Arguments[0].Offset, $"{call.Name} asks for {type}; this is {other.Type}.", "Where that is meant, write dyn(…) around it.");
        }

        var both = type.Join(other.Type);
        return new Checked(new OrStep(call.Offset, of, other.Step, unwraps), unwraps ? both : ExpressionType.Optional(both));
    }

    private Checked OptionalMap(CallSyntax call, Syntax target, bool isFlat)
    {
        var (of, type) = OptionalOf(target, call.Name);
        if (call.Arguments[0] is not NameSyntax { Root: false } variable)
        {
            return Wrong(call.Arguments[0].Offset, $"The first argument of {call.Name} is the name of a variable.", $"Write it like value.{call.Name}(x, …).");
        }

        return With([(variable.Name, type)], slot =>
        {
            var result = isFlat ? OptionalOf(call.Arguments[1], call.Name) : Check(call.Arguments[1]);
            return new Checked(new OptionalMapStep(call.Offset, of, slot, result.Step, isFlat), ExpressionType.Optional(result.Type));
        });
    }

    /// <summary>Something that may be missing, with the type of its value.</summary>
    private Checked OptionalOf(Syntax syntax, string asker)
    {
        var read = Check(syntax);
        return read.Type switch
        {
            OptionalType optional => read with { Type = optional.Element },
            { IsDyn: true } => read,
            _ => Wrong(syntax.Offset, $"{asker} asks for an optional value; this is {read.Type}.", "Such are made by a.?b, a[?i] and optional.of(…)."),
        };
    }
}

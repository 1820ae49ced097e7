using Slipway.Core.Expressions.Steps;

namespace Slipway.Core.Expressions;

// Macros: calls that bring variables of their own.
internal sealed partial class Checker
{
    /// <summary>One form of a macro.</summary>
    /// <param name="Test">Whether a test of what is taken may stand before the last argument.</param>
    private sealed record MacroForm(string Name, int Variables, bool Test = false)
    {
        public string Way => $"list.{Name}({(Variables == 1 ? "x" : "k, x")}, …)";

        public bool Takes(int arguments) => arguments == Variables + 1 || (Test && arguments == Variables + 2);
    }

    private static readonly MacroForm[] Macros =
    [
        .. from name in (string[])["all", "exists", "exists_one", "existsOne"] from variables in (int[])[1, 2] select new MacroForm(name, variables),
        new("filter", 1),
        new("map", 1, Test: true),
        new("sortBy", 1),
        new("transformList", 2, Test: true),
        new("transformMap", 2, Test: true),
        new("transformMapEntry", 2, Test: true),
    ];

    private static MacroForm? MacroOf(CallSyntax call) => Array.Find(Macros, m => m.Name == call.Name && m.Takes(call.Arguments.Count));

    private Checked Macro(CallSyntax call, Syntax target, MacroForm form)
    {
        var of = Check(target);
        var names = call.Arguments.Take(form.Variables).ToArray();
        foreach (var wrong in names.Where(n => n is not NameSyntax { Root: false }))
        {
            return Wrong(wrong.Offset, form.Variables == 1 ? $"The first argument of {call.Name} is the name of a variable." : $"The first two arguments of {call.Name} are names of variables.", $"Write it like {form.Way}.");
        }

        var (place, element) = of.Type switch
        {
            ListType list => (ExpressionType.Int, list.Element),
            MapType map => (map.Key, map.Value),
            ObjectType => (ExpressionType.String, ExpressionType.Dyn),
            { IsDyn: true } => (ExpressionType.Dyn, ExpressionType.Dyn),
            _ => (Wrong(call.Offset, $"{call.Name} is there for lists and maps; this is {of.Type}.", null).Type, ExpressionType.Dyn),
        };
        var items = of.Type is ListType ? element : place;
        ExpressionType[] types = form.Variables == 1 ? [items] : [place, element];
        return With([.. names.Select((name, i) => (((NameSyntax)name).Name, types[i]))], slots => Body(call, form, of, items, new MacroSlots(slots, form.Variables == 2)));
    }

    /// <summary>A slot is free again behind the macro: those within one another have their own.</summary>
    private Checked With((string Name, ExpressionType Type)[] variables, Func<int, Checked> body)
    {
        var first = environment.Variables.Count + _locals.Count;
        Slots = Math.Max(Slots, first + variables.Length);
        _locals.AddRange(variables.Select((v, i) => (v.Name, v.Type, first + i)));
        try
        {
            return body(first);
        }
        finally
        {
            _locals.RemoveRange(_locals.Count - variables.Length, variables.Length);
        }
    }

    private Checked Body(CallSyntax call, MacroForm form, Checked of, ExpressionType items, MacroSlots slots)
    {
        var last = call.Arguments[^1];
        Checked Quantified(Func<Step, Step> make) => new(make(Bool(last, call.Name)), ExpressionType.Bool);
        switch (call.Name)
        {
            case "all" or "exists":
                return Quantified(test => new QuantifierStep(call.Offset, of.Step, slots, call.Name == "all", test));
            case "exists_one" or "existsOne":
                return Quantified(test => new ExistsOneStep(call.Offset, of.Step, slots, test));
            case "filter":
                return new Checked(new CollectStep(call.Offset, of.Step, slots, Bool(last, call.Name), null), ExpressionType.List(items));
            case "sortBy":
                return new Checked(new SortByStep(call.Offset, of.Step, slots, Check(last).Step), ExpressionType.List(items));
        }

        var test = call.Arguments.Count == form.Variables + 2 ? Bool(call.Arguments[^2], call.Name) : null;
        var result = Check(last);
        return call.Name switch
        {
            "transformMap" => new Checked(new TransformMapStep(call.Offset, of.Step, slots, test, result.Step, entries: false), ExpressionType.Map(of.Type is ListType ? ExpressionType.Int : items, result.Type)),
            "transformMapEntry" when result.Type is MapType or { IsDyn: true } => new Checked(new TransformMapStep(call.Offset, of.Step, slots, test, result.Step, entries: true), result.Type),
            "transformMapEntry" => Wrong(last.Offset, $"What takes the place of an entry is a map; this is {result.Type}.", "Write it like {k: x}."),
            _ => new Checked(new CollectStep(call.Offset, of.Step, slots, test, result.Step), ExpressionType.List(result.Type)),
        };
    }
}

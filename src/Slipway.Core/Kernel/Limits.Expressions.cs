namespace Slipway.Core.Kernel;

public static partial class Limits
{
    /// <summary>Longest expression, in characters.</summary>
    public const int ExpressionLength = 16 * 1024;

    /// <summary>Deepest nesting of an expression. Every level takes stack while it is read and evaluated.</summary>
    public const int ExpressionDepth = 250;

    /// <summary>What one evaluation may cost: a step is 1, and so is every element or ten characters that it handles. A few hundredths of a second.</summary>
    public const int ExpressionCost = 1_000_000;

    /// <summary>Most of a value that is written out, in characters.</summary>
    public const int ExpressionText = 65_536;

    /// <summary>Longest pattern of <c>matches</c>, in characters; also the most that repetitions within it may multiply to.</summary>
    public const int ExpressionPattern = 1000;
}

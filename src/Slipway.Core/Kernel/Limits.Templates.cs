namespace Slipway.Core.Kernel;

public static partial class Limits
{
    /// <summary>Templates of checks of a platform folder, and arguments of one.</summary>
    public const int CheckTemplates = 100, CheckArguments = 30;

    /// <summary>How deep templates of checks may use each other.</summary>
    public const int CheckTemplateDepth = 5;

    /// <summary>Versions of all templates of a platform folder.</summary>
    public const int TemplateVersions = 500;

    /// <summary>Inputs of one template, and points at which it can be extended.</summary>
    public const int TemplateInputs = 50;

    /// <summary>Longest value of a template's input, and of an item of a list, in characters.</summary>
    public const int TemplateValue = 1000;

    /// <summary>Longest pattern of an input. Matching takes time in proportion to the value alone.</summary>
    public const int TemplatePattern = 200;

    /// <summary>A value that a pattern has not matched by then is refused.</summary>
    public static readonly TimeSpan TemplatePatternTime = TimeSpan.FromSeconds(1);
}

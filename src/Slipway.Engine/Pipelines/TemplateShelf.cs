using Slipway.Core.Pipelines.Templates;

namespace Slipway.Engine.Pipelines;

/// <summary>The templates in force: swapped whole when the platform folder's change.</summary>
public sealed class TemplateShelf
{
    private TemplateCatalog current = TemplateCatalog.Own;

    public TemplateCatalog Current => Volatile.Read(ref current);

    public void Replace(TemplateCatalog next) => Volatile.Write(ref current, next);
}

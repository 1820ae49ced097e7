using Slipway.Core.Definitions;
using Slipway.Core.Pipelines;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Engine.Pipelines;

/// <summary>A service whose newest run came from a template.</summary>
/// <param name="Run">That run.</param>
/// <param name="Next">What a run that began now would get, where it is another version; null: the same.</param>
/// <param name="Problem">Why a run that began now would get none; null: it would.</param>
public sealed record TemplateUser(string Service, string Run, DateTimeOffset At, TemplateUse Use, string? Next, string? Problem);

/// <summary>What there is to know of templates.</summary>
public sealed class TemplateDesk(SourceDesk sources, RunDesk runs, TemplateShelf shelf)
{
    /// <summary>By service. Only services with a repository use templates.</summary>
    /// <param name="template">Null: all of them.</param>
    public async Task<IReadOnlyList<TemplateUser>> UsageAsync(string? template, CancellationToken cancel)
    {
        var catalog = shelf.Current;
        List<TemplateUser> users = [];
        foreach (var (service, source) in (await sources.ListAsync(cancel)).Where(s => s.State.Runs > 0))
        {
            var id = SourceFlow.RunName(service, source.Runs);
            var run = await runs.FindAsync(id, cancel);
            foreach (var use in (run?.Inputs.Templates ?? []).Where(u => template is null || u.Template == template))
            {
                var now = VersionRange.Parse(use.Asked) is { } range ? catalog.Choose(use.Template, range, service) : null;
                users.Add(new(service, id, run!.RequestedAt, use, now is TemplateChoice.Chosen { Template.Version: var next } && next.ToString() != use.Version ? next.ToString() : null, now switch
                {
                    TemplateChoice.NoVersion none => $"{none.Why} {none.WayOut}",
                    TemplateChoice.NoTemplate => $"There is no template '{use.Template}' any more.",
                    _ => null,
                }));
            }
        }

        return users;
    }

    /// <summary>The refusal for a template that is not there.</summary>
    public Refusal Missing(string name)
    {
        var names = shelf.Current.Names;
        var wrong = shelf.Current.Faults.FirstOrDefault(f => f.Path.Split('/')[0] == name);
        return wrong is not null ? Refusal.NotFound($"The template '{name}' cannot be used: {wrong.Problems[0]}", "Mend it in the platform folder; it is read again by itself.")
            : Refusal.NotFound($"There is no template '{(name.Length > 80 ? name[..80] + "…" : name)}'.", NearWords.Nearest(name, names) is { } near ? $"Did you mean '{near}'?" : $"There are: {string.Join(", ", names)}.");
    }
}

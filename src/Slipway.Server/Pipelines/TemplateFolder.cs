using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Slipway.Core.Pipelines.Templates;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Server.Environments;

namespace Slipway.Server.Pipelines;

/// <summary>The platform folder's templates: looked at again and again, in force as soon as they are good. What is wrong is named in the log, by the doctor and in the list of templates, and what was last good holds.</summary>
internal sealed partial class TemplateFolder(ServerOptions options, TemplateShelf shelf, KeptTemplates kept, TimeProvider time, ILogger<TemplateFolder> log) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private string? seen;

    /// <summary>How the folder looked the last time. A change is taken when two looks agree: what somebody is about to copy into it is not half of it gone.</summary>
    private string? last;
    private bool toKeep;

    public string Folder { get; } = TemplateFiles.FolderBeside(PlatformFolder.FileOf(options));

    public TemplateCatalog Current => shelf.Current;

    /// <summary>Why the folder could not be read when it was last looked at; null: it could.</summary>
    public string? Unreadable { get; private set; }

    /// <summary>Before anything runs: with what is kept from before where the folder cannot be read.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        try
        {
            await LookAsync(cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Unreadable = fault.Message;
            LogUnreadable(fault, Folder);
            var before = await kept.ReadAsync(cancel);
            shelf.Replace(TemplateCatalog.Of([.. before.Select(b => new TemplateFile(b.Key, b.Value))], before));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookAgain, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or StoreUnavailableException)
            {
                // What is in force stays; the next look may see more.
                if (fault is not StoreUnavailableException && Unreadable != fault.Message)
                {
                    Unreadable = fault.Message;
                    LogUnreadable(fault, Folder);
                }
            }
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        var stamp = TemplateFiles.StampOf(Folder);
        if (stamp != seen && (seen is null || stamp == last))
        {
            var next = TemplateCatalog.Of(TemplateFiles.In(Folder), seen is null ? await kept.ReadAsync(cancel) : shelf.Current.InForce);
            shelf.Replace(next);
            toKeep = true;
            foreach (var fault in next.Faults)
            {
                LogWrong(fault.Path, fault.Instead, string.Join("; ", fault.Problems));
            }

            if (seen is not null)
            {
                LogTaken(Folder);
            }

            seen = stamp;
        }

        last = stamp;
        Unreadable = null;
        if (toKeep)
        {
            await kept.KeepAsync(shelf.Current, cancel);
            toKeep = false;
        }
    }

    [LoggerMessage(1211, LogLevel.Information, "The templates in {Folder} changed and were read.")]
    private partial void LogTaken(string folder);

    [LoggerMessage(1212, LogLevel.Error, "The template file {File} cannot be used; {Instead}. {Problems}")]
    private partial void LogWrong(string file, string instead, string problems);

    [LoggerMessage(1213, LogLevel.Warning, "{Folder} cannot be read; the templates that were in force stay.")]
    private partial void LogUnreadable(Exception fault, string folder);
}

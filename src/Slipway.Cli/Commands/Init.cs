using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Init;
using Slipway.Cli.Terminal;
using Slipway.Core.Definitions;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Cli.Commands;

internal static class Init
{
    private const string FileName = "slipway.yaml";

    public static Command From(CommandContext context)
    {
        var where = new Argument<string>("DIR") { Description = "The repository, or the service's folder in it", DefaultValueFactory = _ => "." };
        var path = new Option<string?>("--path") { HelpName = "SUBDIR", Description = "The service's folder, where the repository holds several" };
        var name = new Option<string?>("--name") { HelpName = "NAME", Description = $"The service's name (default: its package's, or the folder's)" };
        var command = new Option<string?>("--command") { HelpName = "COMMAND", Description = "What starts it, for a shell; nothing is looked for then" };
        var steps = new Option<bool>("--steps") { Description = "Write the pipeline's steps out, where one of Slipway's templates would stand for them" };
        var show = new Option<bool>("--dry-run", "--stdout") { Description = "Print the definition, and write nothing" };
        var force = new Option<bool>("--force") { Description = $"Write over a {FileName} that is there" };
        return new CliCommand(context, "init", $"Find out what a repository is, and write a {FileName} for it", "slipway init", "slipway init --path services/shop", "slipway init --dry-run", "slipway init --command ./serve.sh")
            .Taking(where, path, name, command, steps, show, force)
            .Runs(async run =>
            {
                var given = run.Get(name);
                if (given is not null && ServiceName.From(given) != given)
                {
                    throw CliException.Usage($"--name: '{given}' is no service's name: lower-case letters, digits and single hyphens inside, at most {Limits.ServiceName} characters.",
                        ServiceName.From(given) is { } valid ? $"Did you mean {valid}?" : null);
                }

                var place = InitPlace.Of(run.Shell, run.Get(where), run.Get(path));
                var files = RepositoryScan.Of(place.Root, place.Folder);
                var detected = run.Get(command) is { } started ? Started(files, started) : Recognise(files, place);
                var file = Path.Combine(place.Root, detected.Folder, FileName);
                var (service, comment) = NameOf(given, detected, place);
                var text = Definition(detected, service, comment, run.Get(steps));
                var shown = run.Get(show);
                if (!shown)
                {
                    await Write(file, text, run.Get(force), run.Cancel);
                }

                var remarks = detected.Remarks.Concat(files.Problems.Select(problem => new Remark(Certainty.Check, problem))).ToList();
                var document = new InitDocument(service, detected.Ecosystem, detected.Kind, place.Root, detected.Folder, file, !shown, Of(Certainty.Found), Of(Certainty.Guessed), Of(Certainty.Check), Next(run.Shell, file, place.Root, detected.Folder), text);
                run.Answer(document, InitJson.Default.InitDocument, () => InitText.Print(run, document));

                IReadOnlyList<InitRemark> Of(Certainty certainty) => [.. remarks.Where(remark => remark.Certainty == certainty).Select(remark => new InitRemark(remark.Text, remark.File))];
            });
    }

    private static Detected Started(RepositoryFiles files, string command) => string.IsNullOrWhiteSpace(command) || command.Length > 2000 || command.Any(char.IsControl)
        ? throw CliException.Usage("--command must be one line of at most 2000 characters.", "slipway init --command ./serve.sh")
        : (NodePackage.Detect(files, command.Trim()) ?? PlainCommand.Of(files, command.Trim())).Done();

    private static Detected Recognise(RepositoryFiles files, InitPlace place)
    {
        switch (Recognition.Of(files))
        {
            case Recognised.As found:
                return found.Detected;
            case Recognised.OneOf several:
                throw CliException.Usage($"There are {several.Candidates.Count} services in {place.Shown}:{Listed(several.Candidates, place)}", SayWhich(several.Candidates, place));
            case Recognised.Nothing nothing:
                var seen = string.Concat(files.Problems.Select(problem => $"\n  {problem}")) + (nothing.Hints.Count == 0 ? "" : $"\n  Seen, but not known well enough to write a pipeline for it: {string.Join(", ", nothing.Hints)}.");
                throw nothing.Aside.Count > 0
                    ? CliException.Usage($"Nothing in {place.Shown} serves but what lies among examples, tests and the like, and is taken only where it is named:{Listed(nothing.Aside, place)}{seen}", SayWhich(nothing.Aside, place))
                    : CliException.Usage($"Nothing in {place.Shown} says what it is: no .NET, Node.js, Python, Go or Java program that serves, no pages and no Procfile.{seen}",
                        "Name the command that starts it, as in: slipway init --command './serve --port $PORT'");
            default:
                throw new InvalidOperationException("There is no other answer.");
        }
    }

    private static string Listed(IReadOnlyList<Candidate> candidates, InitPlace place) => string.Concat(candidates.Select(one => $"\n  {From(place, one)}: {one.Kind} ({one.Because})"));

    private static string SayWhich(IReadOnlyList<Candidate> candidates, InitPlace place) => $"Say which one: slipway init {place.Argument}--path {Draft.Quote(From(place, candidates[0]))}";

    private static string From(InitPlace place, Candidate candidate) => Path.GetRelativePath($"/{place.Folder}", $"/{candidate.Folder}");

    /// <summary>What a person gave, else what its files call it, else its folder; with the comment that says so.</summary>
    private static (string Name, string? Comment) NameOf(string? given, Detected detected, InitPlace place)
    {
        if (given is not null)
        {
            return (given, null);
        }

        if (ServiceName.From(detected.Name) is { } own)
        {
            return (own, own == detected.Name ? null : "Guessed: made of the package's name.");
        }

        var folder = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.Combine(place.Root, detected.Folder)));
        return ServiceName.From(folder) is { } name ? (name, "Guessed: the folder's name.") : ("service", "Guessed: neither package nor folder has a name that a service can have.");
    }

    /// <summary>What is written is valid, or it is a bug: whatever the repository holds.</summary>
    private static string Definition(Detected detected, string service, string? comment, bool steps)
    {
        var text = DefinitionWriter.Text(detected, service, comment, steps);
        if (ServiceDefinitionReader.Read(text, FileName, null, TemplateCatalog.Own) is not { Definition: null } wrong)
        {
            return text;
        }

        // Names of files may have letters that a template's inputs do not take.
        return detected.Template is not null && !steps ? Definition(detected, service, comment, steps: true)
            : throw new InvalidOperationException($"The definition that was made is not valid: {string.Join(' ', wrong.Problems)}\n{text}");
    }

    private static async Task Write(string file, string text, bool force, CancellationToken cancel)
    {
        try
        {
            // A new file, or none: nothing that came meanwhile is lost.
            await using var stream = new FileStream(file, force ? FileMode.Create : FileMode.CreateNew, FileAccess.Write);
            await using var writer = new StreamWriter(stream);
            await writer.WriteAsync(text.AsMemory(), cancel);
        }
        catch (IOException) when (!force && File.Exists(file))
        {
            throw CliException.Usage($"{file} is there already, and is left as it is.", "Look at what would be written with --dry-run, or write over it with --force.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.NotAllowed, $"{file} cannot be written.", "Print the definition with --dry-run, or change who may write there.");
        }
    }

    private static string[] Next(Shell shell, string file, string root, string folder)
    {
        var shown = Path.GetRelativePath(shell.Directory, file);
        return
        [
            $"slipway validate{(shown == FileName ? "" : $" {Draft.Quote(shown)}")}",
            $"git add {Draft.Quote(shown)} && git commit -m \"Deploy by Slipway\"",
            $"slipway service add {Draft.Quote(Path.GetRelativePath(shell.Directory, root))}{(folder.Length == 0 ? "" : $" --path {Draft.Quote(folder)}")}",
        ];
    }
}

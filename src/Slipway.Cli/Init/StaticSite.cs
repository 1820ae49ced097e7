namespace Slipway.Cli.Init;

/// <summary>Pages: as they are, or made by a generator that is known by its file of settings.</summary>
internal static class StaticSite
{
    private static readonly string[] Folders = ["", "public", "site", "www", "html", "dist"];

    public static Line Server { get; } = new(
        Draft.Shell("exec python3 -m http.server \"$PORT\" --bind \"$HOST\""), "Guessed: Python's own web server, which is nearly everywhere. Any other that listens on $HOST:$PORT will do.");

    /// <summary>Null: there are no pages.</summary>
    public static Draft? Detect(RepositoryFiles files)
    {
        if (Generated(files) is { } generated)
        {
            return generated;
        }

        var folder = Folders.FirstOrDefault(one => files.Has(one.Length == 0 ? "index.html" : $"{one}/index.html"));
        if (folder is null)
        {
            return null;
        }

        var draft = new Draft(files, "static", "static site") { Network = false };
        draft.Found("pages as they are", folder.Length == 0 ? "index.html" : $"{folder}/index.html");
        draft.As("static@1").With("network", false, "Nothing is built, and nothing fetched.");
        if (folder.Length == 0)
        {
            draft.PackCheckout(comment: "The pages are the checkout, without Git's own files.");
        }
        else
        {
            draft.Artifact = folder;
            draft.With("folder", folder);
            draft.Step("look", $"test -f {folder}/index.html", "Nothing is built; a page must be there.");
        }

        return Served(draft);
    }

    private static Draft? Generated(RepositoryFiles files)
    {
        if (files.FirstOf("hugo.toml", "hugo.yaml", "hugo.json") is { } hugo)
        {
            return Built(files, "Hugo", hugo, "hugo --minify", "public", "Hugo writes public.", network: false);
        }

        if (files.FirstOf("mkdocs.yml", "mkdocs.yaml") is { } mkdocs)
        {
            var packages = files.FirstOf("docs/requirements.txt", "requirements.txt") is { } listed ? $"-r {listed}" : "mkdocs";
            return Built(files, "MkDocs", mkdocs, $"python3 -m pip install --target .tools {packages}\nPYTHONPATH=.tools python3 -m mkdocs build --site-dir site", "site", "MkDocs writes site.", network: true);
        }

        return files.Has("_config.yml") && files.Has("Gemfile")
            ? Built(files, "Jekyll", "_config.yml", "bundle config set --local path .bundle/gems\nbundle install\nbundle exec jekyll build --destination _site", "_site", "Jekyll writes _site.", network: true)
            : null;
    }

    private static Draft Built(RepositoryFiles files, string tool, string settings, string run, string output, string comment, bool network)
    {
        var draft = new Draft(files, "static", $"static site built with {tool}") { Network = network, Artifact = output };
        draft.Found($"settings of {tool}", settings).Check($"The agents need {tool switch { "Hugo" => "the program hugo", "MkDocs" => "python3 with pip", _ => "Ruby with bundler" }}.");
        draft.Cache = tool == "MkDocs" ? new("pip", "Kept from run to run, so that packages are not fetched again.") : null;
        draft.Step("build", run, $"Guessed: {comment}");
        return Served(draft);
    }

    private static Draft Served(Draft draft)
    {
        draft.IsServer = false;
        draft.Command = Server;
        draft.Health = new("/", "Guessed: index.html.");
        return draft.Guess("served by Python's http.server").Guess("health path /: index.html").Guess("no tests");
    }
}

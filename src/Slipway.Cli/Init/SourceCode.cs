using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>What a program's sources say of where it listens and what it answers. Found by patterns, so never more than a good guess.</summary>
internal sealed partial class SourceCode
{
    private const int MostFiles = 400;
    private readonly RepositoryFiles files;
    private readonly List<string> sources;

    /// <param name="first">The program's main file, which is looked at before the others; null: it is not known.</param>
    /// <param name="below">Only this folder's files; empty: all.</param>
    public SourceCode(RepositoryFiles files, string? first, string below, params IReadOnlyList<string> extensions)
    {
        this.files = files;
        sources = [.. files.Paths
            .Where(path => path == first || (extensions.Contains(Path.GetExtension(path)) && (below.Length == 0 || path.StartsWith(below + "/", StringComparison.Ordinal)) && !Test().IsMatch(path)))
            .OrderByDescending(path => path == first)
            .Take(MostFiles)];
    }

    /// <summary>The first source that has a match.</summary>
    public (string File, Match Match, int Line)? First(Regex pattern)
    {
        foreach (var source in sources)
        {
            if (files.Text(source) is { } text && pattern.Match(text) is { Success: true } match)
            {
                return (source, match, text.AsSpan(0, match.Index).Count('\n') + 1);
            }
        }

        return null;
    }

    /// <summary>Where it reads the variable PORT; null: nowhere that can be seen.</summary>
    public string? ReadsPort() => First(PortVariable()) is { } found ? found.File : null;

    /// <summary>Where it listens on all addresses; null: nowhere that can be seen, or it reads the variable HOST.</summary>
    private (string File, Match Match, int Line)? Everywhere() =>
        First(HostVariable()) is not null ? null : First(AllAddresses()) ?? (First(PortAlone()) is { } alone && Script().IsMatch(alone.File) ? alone : null);

    /// <summary>Says where the program listens: as the variables ask for, at a port of its own, or unknown.</summary>
    /// <returns>The comment for the command.</returns>
    public string Listening(Draft draft, string change)
    {
        if (ReadsPort() is { } file)
        {
            draft.Found("reads PORT", file);
            var listens = $"Listens on $PORT: {files.NameOf(file)} reads it.";
            if (Everywhere() is not { } open)
            {
                return listens;
            }

            draft.Check($"line {open.Line} listens on all addresses of the machine, so past the router too. Bind $HOST: {change}", open.File);
            return $"{listens} Line {open.Line}{(open.File == file ? "" : $" of {files.NameOf(open.File)}")} binds all addresses, not $HOST: {change}";
        }

        if (First(FixedPort()) is { } found)
        {
            var port = found.Match.Groups["port"].Value;
            draft.Check($"line {found.Line} listens on port {port} always. Slipway gives every instance a port of its own, in $PORT: {change}", found.File);
            return $"Guessed: must listen on $HOST:$PORT, and {files.NameOf(found.File)} line {found.Line} says {port}: {change}";
        }

        draft.Check($"No source was seen to read PORT. The program must listen on $HOST:$PORT: {change}");
        return $"Guessed: must listen on $HOST:$PORT, and no source was seen to read PORT: {change}";
    }

    /// <summary>The path that is asked to learn whether an instance is well, with the reason for the guess.</summary>
    public Line Health(Draft draft)
    {
        if (First(HealthRoute()) is { } health)
        {
            var path = Absolute(health.Match.Groups["path"].Value);
            draft.Guess($"health path {path}: it stands in {files.NameOf(health.File)}");
            return new(path, $"Guessed: it stands in {files.NameOf(health.File)}. Must answer GET with 200 to 399.");
        }

        var root = First(RootRoute());
        if (root is null && First(AnyRoute()) is { } route)
        {
            var path = Absolute(route.Match.Groups["path"].Value);
            draft.Guess($"health path {path}: the first route in {files.NameOf(route.File)}; no health route was seen");
            return new(path, $"Guessed: the first route in {files.NameOf(route.File)}, since no health route was seen. Must answer GET with 200 to 399.");
        }

        draft.Guess(root is { } at ? $"health path /: {files.NameOf(at.File)} answers it" : "health path /: no route was seen in the sources");
        return new("/", root is { } there ? $"Guessed: {files.NameOf(there.File)} answers it; no health route was seen." : "Guessed: no route was seen in the sources. Must answer GET with 200 to 399.");
    }

    private static string Absolute(string path) => "/" + path.TrimStart('/');

    [GeneratedRegex(@"(^|/)(tests?|specs?|__tests__|e2e|examples?|samples?|benchmarks?|docs?|migrations)/|[._](test|spec)\.|(^|/)(test_|conftest)|Tests?\.(cs|java|kt)$|_test\.(go|py)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Test();

    [GeneratedRegex(@"process\.env\.PORT\b|process\.env\[['""]PORT['""]\]|\{[^{}]{0,200}\bPORT\b[^{}]{0,200}\}\s{0,5}=\s{0,5}(process\.)?env\b|environ(\.get)?[\[(]\s{0,5}['""]PORT['""]|[Gg]et_?[Ee]nv(ironmentVariable)?\(\s{0,5}['""]PORT['""]|LookupEnv\(\s{0,5}""PORT""|env(\.\w{1,10})?\(\s{0,5}['""]PORT['""]|\$\{PORT\b|\[""PORT""\]", RegexOptions.CultureInvariant)]
    private static partial Regex PortVariable();

    [GeneratedRegex(@"process\.env\.HOST\b|process\.env\[['""]HOST['""]\]|\{[^{}]{0,200}\bHOST\b[^{}]{0,200}\}\s{0,5}=\s{0,5}(process\.)?env\b|environ(\.get)?[\[(]\s{0,5}['""]HOST['""]|[Gg]et_?[Ee]nv(ironmentVariable)?\(\s{0,5}['""]HOST['""]|LookupEnv\(\s{0,5}""HOST""|env(\.\w{1,10})?\(\s{0,5}['""]HOST['""]|\$\{HOST\b|\[""HOST""\]", RegexOptions.CultureInvariant)]
    private static partial Regex HostVariable();

    /// <summary>An address that stands for all, or none before a port: Python, Node.js, Go, Java.</summary>
    [GeneratedRegex(@"Server\(\s{0,5}\(\s{0,5}['""](0\.0\.0\.0|::)?['""]\s{0,5},|=\s{0,5}\(\s{0,5}['""](0\.0\.0\.0|::)?['""]\s{0,5},\s{0,5}[\w.(]{0,40}port|\bhost(name)?['""]?\s{0,5}[=:]\s{0,5}['""](0\.0\.0\.0|::)['""]|\.listen\([^()]{0,80}['""](0\.0\.0\.0|::)['""]|(?<!\+\s{0,3})"":""\s{0,3}\+\s{0,3}[\w.(""]{0,40}port\b|\("":%[sdv]""|\(""tcp"",\s{0,3}"":|Addr:\s{0,5}"":|InetSocketAddress\(\s{0,5}\w{0,30}port\w{0,30}\s{0,5}\)|InetSocketAddress\(\s{0,5}[\w.]{1,30}\([^(),]{0,40}(\([^(),]{0,40}\))?\)\s{0,5}\)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex AllAddresses();

    /// <summary>Node.js listens on all addresses where it is given none; what a second argument's name stands for cannot be seen.</summary>
    [GeneratedRegex(@"\.listen\(\s{0,5}[^,(){}]{0,40}(\([^(){},]{0,60})?(\bport\b|_port\b|Port\b|['""]PORT['""])[^,(){}]{0,40}(,\s{0,3}\d{1,3}\s{0,3})?\)?[^,(){}]{0,20}(\)|,\s{0,5}(\(|async\b|function\b|[A-Za-z_$][\w$]{0,40}\s{0,5}=>))", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex PortAlone();

    [GeneratedRegex(@"\.[cm]?[jt]sx?$", RegexOptions.CultureInvariant)]
    private static partial Regex Script();

    [GeneratedRegex(@"(\.listen\(\s{0,5}|ListenAndServe\(\s{0,5}""[^""]{0,60}:|HTTPServer\(\s{0,5}\(\s{0,5}['""][^'""]{0,60}['""]\s{0,5},\s{0,5}|TCPServer\(\s{0,5}\(\s{0,5}['""][^'""]{0,60}['""]\s{0,5},\s{0,5}|InetSocketAddress\(\s{0,5}|\bport\s{0,5}[=:]\s{0,5})(?<port>\d{2,5})\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex FixedPort();

    [GeneratedRegex(@"['""`](GET )?(?<path>/[A-Za-z0-9_/-]{0,40}?(healthz?|health[-_]?check|livez|liveness|readyz|readiness|ping|heartbeat|alive)(/(live|ready|liveness|readiness))?/?)['""`]|\bpath\(\s{0,5}['""](?<path>(healthz?|health[-_]?check|ping|status)/?)['""]", RegexOptions.CultureInvariant)]
    private static partial Regex HealthRoute();

    [GeneratedRegex(@"(MapGet|\.get|\.route|GetMapping|HandleFunc|Handle|\bpath|\burl)\(\s{0,5}(['""`](GET )?/?(\{\$\})?['""`]|pattern:\s*""/"")|MapRazorPages|MapRazorComponents|MapDefaultControllerRoute|MapControllerRoute|MapFallbackToFile|UseDefaultFiles|UseFileServer|express\.static|SimpleHTTPRequestHandler|\bpath\s{0,5}===?\s{0,5}['""]/['""]|\.url\s{0,5}===?\s{0,5}['""]/['""]", RegexOptions.CultureInvariant)]
    private static partial Regex RootRoute();

    [GeneratedRegex(@"(MapGet|\b(app|router|server|api|fastify|bp|blueprint|r|mux|http|e|g)\.(get|route|GET|Get|HandleFunc|Handle)|GetMapping)\(\s{0,5}['""`](GET )?(?<path>/[A-Za-z0-9_/.-]{1,80})['""`]", RegexOptions.CultureInvariant)]
    private static partial Regex AnyRoute();
}

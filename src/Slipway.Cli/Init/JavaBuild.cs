using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Slipway.Cli.Init;

/// <summary>A folder that Maven or Gradle builds.</summary>
internal sealed partial class JavaBuild
{
    private static readonly string[] Extensions = [".java", ".kt", ".properties", ".yml", ".yaml"];
    private readonly Draft draft;
    private readonly RepositoryFiles files;

    /// <summary>The folder of the module that runs; empty: the folder itself.</summary>
    private readonly string module;
    private readonly string build;

    /// <param name="build">The text of that module's build file, and of those above it.</param>
    private JavaBuild(Draft draft, string module, string build) => (this.draft, files, this.module, this.build) = (draft, draft.Files, module, build);

    /// <summary>Null: neither builds it.</summary>
    public static Draft? Detect(RepositoryFiles files)
    {
        if (files.Has("pom.xml"))
        {
            return Maven(files);
        }

        if (files.FirstOf("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts") is not { } settings)
        {
            return null;
        }

        var draft = new Draft(files, "java", "Java service with Gradle");
        var main = files.Paths.Where(path => Path.GetFileName(path) is "build.gradle" or "build.gradle.kts").FirstOrDefault(path => Runs().IsMatch(files.Text(path) ?? "")) ?? files.FirstOf("build.gradle", "build.gradle.kts");
        if (main is null)
        {
            return null;
        }

        draft.Found("built with Gradle", main);
        draft.Name = RootName().Match(files.Text(settings) ?? "") is { Success: true } named ? named.Groups["name"].Value : null;
        var java = new JavaBuild(draft, FolderOf(main), files.Text(main) ?? "");
        var program = files.Has("gradlew") ? "sh gradlew" : "gradle";
        draft.Check($"The agents need {(files.Has("gradlew") ? "a JDK" : "a JDK and Gradle")}.").As("java-gradle@1");
        if (java.module.Length > 0)
        {
            draft.With("project", java.module);
        }

        draft.Step("build", $"{program} --no-daemon build", "Compiles and tests. JUnit XML is what Gradle writes anyway.", java.HasTests ? new TestReport("junit", "**/build/test-results/test/*.xml") : null);
        return java.Run("gradle", "build/libs", "-plain");
    }

    private static Draft? Maven(RepositoryFiles files)
    {
        var draft = new Draft(files, "java", "Java service with Maven");
        XElement pom;
        try
        {
            using var reader = XmlReader.Create(new StringReader(files.Text("pom.xml") ?? ""), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            pom = XDocument.Load(reader).Root!;
        }
        catch (XmlException wrong)
        {
            files.Problem($"{files.NameOf("pom.xml")} is not XML: it breaks on line {wrong.LineNumber}.");
            return null;
        }

        draft.Name = pom.Elements().FirstOrDefault(element => element.Name.LocalName == "artifactId")?.Value.Trim();
        var main = files.Paths.Where(path => Path.GetFileName(path) == "pom.xml").FirstOrDefault(path => Runs().IsMatch(files.Text(path) ?? "")) ?? "pom.xml";
        draft.Found("built with Maven", "pom.xml");
        if (main != "pom.xml")
        {
            draft.Found("the module that runs", main);
        }

        var java = new JavaBuild(draft, FolderOf(main), files.Text(main) ?? "");
        var program = files.Has("mvnw") ? "sh mvnw" : "mvn";
        draft.Check($"The agents need {(files.Has("mvnw") ? "a JDK" : "a JDK and Maven")}.").As("java-maven@1");
        if (java.module.Length > 0)
        {
            draft.With("module", java.module);
        }

        draft.Step("build", $"{program} --batch-mode --no-transfer-progress verify{(main == "pom.xml" ? "" : $" --projects {Draft.Quote(FolderOf(main))} --also-make")}",
            "Compiles and tests. JUnit XML is what Maven's tests write anyway.", java.HasTests ? new TestReport("junit", "**/target/surefire-reports/TEST-*.xml") : null);
        return java.Run("maven", "target", "-sources -e -javadoc -e original-");
    }

    private bool HasTests => files.Paths.Any(path => path.Contains("src/test/", StringComparison.Ordinal));

    private bool Uses(string name) => build.Contains(name, StringComparison.Ordinal);

    /// <param name="tool">As its cache is named.</param>
    /// <param name="output">Where the jar is written to, in the module.</param>
    /// <param name="not">What is in the names of jars that do not run.</param>
    private Draft Run(string tool, string output, string not)
    {
        draft.Cache = new(tool, "Kept from run to run, so that packages are not fetched again.");
        if (!HasTests)
        {
            draft.Guess("no tests: there is no src/test");
        }

        var source = new SourceCode(files, null, module, Extensions);
        var into = Path.Join(module, output);
        if (Uses("quarkus"))
        {
            draft.Kind += " (Quarkus)";
            draft.As(null);
            draft.Step("package", $"cp -r {Draft.Quote(into.Replace("/libs", "", StringComparison.Ordinal))}/quarkus-app {Draft.ArtifactFolder}");
            draft.Command = new(Draft.Shell("exec java -Dquarkus.http.host=\"$HOST\" -Dquarkus.http.port=\"$PORT\" -jar quarkus-run.jar"), "Where to listen, in Quarkus' words.");
            draft.Health = Uses("smallrye-health") ? new("/q/health", "Quarkus' own health page.") : source.Health(draft);
            return draft;
        }

        draft.Step("package", $"mkdir -p {Draft.ArtifactFolder}\nfind {Draft.Quote(into)} -maxdepth 1 -name '*.jar' | grep -v -e {not} | head -n 1 | xargs -I JAR cp JAR {Draft.ArtifactFolder}/app.jar", "The jar that runs.");
        if (Uses("spring-boot") || Uses("org.springframework.boot"))
        {
            draft.Kind += " (Spring Boot)";
            draft.Command = new(Draft.Shell("exec java -jar app.jar --server.address=\"$HOST\" --server.port=\"$PORT\""), "Where to listen, in Spring Boot's words.");
            draft.Health = Uses("spring-boot-starter-actuator") ? new("/actuator/health", "Spring Boot's own health page.") : source.Health(draft);
            return draft;
        }

        if (Uses("micronaut"))
        {
            draft.Kind += " (Micronaut)";
            draft.Command = new(Draft.Shell("exec java -Dmicronaut.server.host=\"$HOST\" -Dmicronaut.server.port=\"$PORT\" -jar app.jar"), "Where to listen, in Micronaut's words.");
            draft.Health = Uses("micronaut-management") ? new("/health", "Micronaut's own health page.") : source.Health(draft);
            return draft;
        }

        draft.Command = new("java -jar app.jar", $"Guessed: the jar names its main class and holds what it needs. {source.Listening(draft, "`new InetSocketAddress(System.getenv(\"HOST\"), Integer.parseInt(System.getenv(\"PORT\")))`.")}");
        draft.Health = source.Health(draft);
        return draft.Check("The jar must run alone: its manifest names the main class, and its packages are in it.");
    }

    private static string FolderOf(string path) => path.Contains('/') ? path[..path.LastIndexOf('/')] : "";

    [GeneratedRegex(@"spring-boot-maven-plugin|org\.springframework\.boot['""]|quarkus-maven-plugin|io\.quarkus['""]|micronaut-maven-plugin|io\.micronaut\.application|maven-shade-plugin|maven-assembly-plugin|com\.(github\.johnrengelman|gradleup)\.shadow|\bapplication\b|<mainClass>", RegexOptions.CultureInvariant)]
    private static partial Regex Runs();

    [GeneratedRegex(@"rootProject\.name\s{0,5}=\s{0,5}['""](?<name>[^'""\n]{1,100})", RegexOptions.CultureInvariant)]
    private static partial Regex RootName();
}

using System.Text.Json.Nodes;
using Slipway.Cli.Init;

namespace Slipway.Cli.Tests.Init;

public sealed class InitTests
{
    private const string Server = "require('http').createServer((q, a) => a.end()).listen(process.env.PORT);\n";

    [Fact]
    public async Task A_definition_that_is_there_is_not_written_over_without_force()
    {
        using var folder = new TemporaryFolder();
        folder.File("server.js", Server);
        folder.File("package.json", "{}");
        var file = folder.File("slipway.yaml", "service: mine\n");

        var refused = await CliRun.Of(["init"], directory: folder.Path);
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("slipway.yaml is there already");
        refused.Error.ShouldContain("--force");
        File.ReadAllText(file).ShouldBe("service: mine\n");

        (await CliRun.Of(["init", "--dry-run"], directory: folder.Path)).ExitCode.ShouldBe(0);
        File.ReadAllText(file).ShouldBe("service: mine\n");

        (await CliRun.Of(["init", "--force", "--name", "other"], directory: folder.Path)).ExitCode.ShouldBe(0);
        File.ReadAllText(file).ShouldContain("service: other\n");
    }

    [Fact]
    public async Task With_json_all_of_it_is_one_document()
    {
        using var folder = new TemporaryFolder();
        folder.File("shop/server.js", Server);
        folder.File("shop/package.json", """{ "name": "Shop_Front" }""");

        var run = await CliRun.Of(["init", "shop", "--json"], directory: folder.Path);

        run.ExitCode.ShouldBe(0);
        var document = JsonNode.Parse(run.Out)!;
        document["service"]!.GetValue<string>().ShouldBe("shop-front");
        document["ecosystem"]!.GetValue<string>().ShouldBe("node");
        document["written"]!.GetValue<bool>().ShouldBeTrue();
        document["definition"]!.GetValue<string>().ShouldBe(File.ReadAllText(Path.Combine(folder.Path, "shop", "slipway.yaml")));
        document["next"]!.AsArray().Select(next => next!.GetValue<string>()).ShouldBe(
            ["slipway validate shop/slipway.yaml", "git add shop/slipway.yaml && git commit -m \"Deploy by Slipway\"", "slipway service add shop"]);
    }

    [Fact]
    public async Task Several_services_are_listed_and_one_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        folder.File("services/shop/package.json", "{}");
        folder.File("services/shop/server.js", Server);
        folder.File("services/orders/requirements.txt", "flask\n");
        folder.File("services/orders/app.py", "app = Flask(__name__)\n");
        folder.File("services/orders/node_modules/x/package.json", "{}");

        var run = await CliRun.Of(["init"], directory: folder.Path);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("There are 2 services");
        run.Error.ShouldContain("services/orders: Python service (Flask)");
        run.Error.ShouldContain("services/shop: Node.js service with npm");
        run.Error.ShouldContain("slipway init --path services/orders");
        Directory.GetFiles(folder.Path, "slipway.yaml", SearchOption.AllDirectories).ShouldBeEmpty();

        var one = await CliRun.Of(["init", "--path", "services/shop"], directory: folder.Path);
        one.ExitCode.ShouldBe(0);
        File.Exists(Path.Combine(folder.Path, "services", "shop", "slipway.yaml")).ShouldBeTrue();
    }

    [Fact]
    public async Task In_a_folder_of_a_repository_the_service_is_added_with_its_path()
    {
        using var folder = new TemporaryFolder();
        folder.File("repository/.git/HEAD", "ref: refs/heads/main\n");
        folder.File("repository/shop/package.json", "{}");
        folder.File("repository/shop/server.js", Server);

        var inside = await CliRun.Of(["init"], directory: Path.Combine(folder.Path, "repository", "shop"));
        inside.Out.ShouldContain("slipway service add .. --path shop");

        // The only one below is found from above too.
        var above = await CliRun.Of(["init", "--force"], directory: Path.Combine(folder.Path, "repository"));
        above.Out.ShouldContain("Wrote shop/slipway.yaml.");
        above.Out.ShouldContain("slipway service add . --path shop");
    }

    [Fact]
    public async Task A_solution_with_two_web_projects_asks_which_one()
    {
        using var folder = new TemporaryFolder();
        folder.File("All.sln", "");
        folder.File("src/Shop/Shop.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web" />""");
        folder.File("src/Orders/Orders.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web" />""");
        folder.File("samples/Demo/Demo.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web" />""");
        folder.File("tests/Orders.Tests/Orders.Tests.csproj", """<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="xunit" /><ProjectReference Include="..\..\src\Orders\Orders.csproj" /></ItemGroup></Project>""");

        var run = await CliRun.Of(["init"], directory: folder.Path);
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("src/Orders: .NET web project (src/Orders/Orders.csproj)");
        run.Error.ShouldContain("src/Shop:");
        run.Error.ShouldNotContain("Demo");

        // Tests that stand elsewhere are those that use its project.
        var orders = await CliRun.Of(["init", "--path", "src/Orders", "--dry-run", "--steps"], directory: folder.Path);
        orders.Out.ShouldContain("dotnet test ../../tests/Orders.Tests/Orders.Tests.csproj");
        (await CliRun.Of(["init", "--path", "src/Shop", "--dry-run", "--steps"], directory: folder.Path)).Out.ShouldNotContain("dotnet test");
    }

    [Fact]
    public async Task Where_a_name_has_letters_that_the_template_does_not_take_the_steps_are_written_out()
    {
        using var folder = new TemporaryFolder();
        folder.File("Kühlschrank.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web" />""");
        var run = await CliRun.Of(["init", "--dry-run"], directory: folder.Path);
        run.ExitCode.ShouldBe(0, run.All);
        run.Out.ShouldContain("dotnet publish 'Kühlschrank.csproj'");
        run.Out.ShouldNotContain("uses:");
    }

    [Fact]
    public async Task Steps_that_call_dotnet_do_not_greet()
    {
        using var folder = new TemporaryFolder();
        folder.File("Shop.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web" />""");
        folder.File("tests/Shop.Tests.csproj", """<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="Microsoft.NET.Test.Sdk" Version="17.0.0" /></ItemGroup></Project>""");
        var run = await CliRun.Of(["init", "--steps", "--dry-run"], directory: folder.Path);
        var calls = run.Out.Split("- name: ")[1..].Where(step => step.Contains("run: dotnet", StringComparison.Ordinal)).ToList();
        calls.Count.ShouldBe(2, run.All);
        calls.ShouldAllBe(step => step.Contains("DOTNET_NOLOGO: \"1\"", StringComparison.Ordinal) && step.Contains("DOTNET_CLI_TELEMETRY_OPTOUT: \"1\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_web_project_that_says_where_to_listen_is_told_of_unless_it_reads_PORT()
    {
        using var folder = new TemporaryFolder();
        folder.File("Shop.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web" />""");
        folder.File("Program.cs", "builder.WebHost.UseUrls(\"http://*:8080\");\n");

        (await CliRun.Of(["init", "--dry-run"], directory: folder.Path)).Error.ShouldContain("Program.cs: line 1 says where to listen");

        folder.File("Program.cs", "builder.WebHost.UseUrls($\"http://*:{Environment.GetEnvironmentVariable(\"PORT\")}\");\n");
        var reads = await CliRun.Of(["init", "--dry-run"], directory: folder.Path);
        reads.Error.ShouldContain("Program.cs: reads PORT");
        reads.Error.ShouldNotContain("says where to listen");
    }

    [Fact]
    public async Task What_cannot_be_is_said_with_the_way_out()
    {
        using var folder = new TemporaryFolder();
        folder.File("README.md", "# Shop\n");
        folder.File("Cargo.toml", "[package]\n");
        folder.File("services/shop/readme.txt", "");

        var nothing = await CliRun.Of(["init"], directory: folder.Path);
        nothing.ExitCode.ShouldBe(2);
        nothing.Error.ShouldContain("Cargo.toml (Rust)");
        nothing.Error.ShouldContain("slipway init --command");

        (await CliRun.Of(["init", "nowhere"], directory: folder.Path)).Error.ShouldContain("There is no folder");
        (await CliRun.Of(["init", "README.md"], directory: folder.Path)).Error.ShouldContain("is a file");
        (await CliRun.Of(["init", "--path", "services/shpo"], directory: folder.Path)).Error.ShouldContain("Did you mean services/shop?");
        (await CliRun.Of(["init", "--path", "../elsewhere"], directory: folder.Path)).Error.ShouldContain("must lie in the repository");
        (await CliRun.Of(["init", "--name", "My Shop"], directory: folder.Path)).Error.ShouldContain("Did you mean my-shop?");
        (await CliRun.Of(["init", "--command", " "], directory: folder.Path)).Error.ShouldContain("--command");
        Directory.GetFiles(folder.Path, "slipway.yaml", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_command_is_taken_as_it_is_said()
    {
        using var folder = new TemporaryFolder();
        folder.File("serve", "");

        var run = await CliRun.Of(["init", "--command", "./serve --title 'my \"shop\"' --port $PORT | cat", "--name", "shop"], directory: folder.Path);

        run.ExitCode.ShouldBe(0);
        var read = Slipway.Core.Definitions.ServiceDefinitionReader.Read(File.ReadAllText(Path.Combine(folder.Path, "slipway.yaml")), "slipway.yaml", null);
        read.Definition!.Run.Command.ShouldBe(["sh", "-c", "./serve --title 'my \"shop\"' --port $PORT | cat"]);
    }

    [Fact]
    public async Task Broken_files_are_said_and_not_thrown()
    {
        using var folder = new TemporaryFolder();
        folder.File("package.json", "{\n \"name\": ,\n}");
        folder.File("index.html", "<html></html>");

        var pages = await CliRun.Of(["init", "--dry-run"], directory: folder.Path);
        pages.ExitCode.ShouldBe(0);
        pages.Error.ShouldContain("package.json is not JSON: it breaks on line 2.");

        File.Delete(Path.Combine(folder.Path, "index.html"));
        folder.File("pom.xml", "<project>\n<oops>");
        folder.File("Shop.csproj", "<Project");
        folder.File("pyproject.toml", "[project\nname = 3");
        var nothing = await CliRun.Of(["init"], directory: folder.Path);
        nothing.ExitCode.ShouldBe(2);
        nothing.Error.ShouldContain("package.json is not JSON");
        nothing.Error.ShouldContain("pom.xml is not XML: it breaks on line 2.");
        nothing.Error.ShouldContain("Shop.csproj is not XML");
        nothing.Error.ShouldContain("pyproject.toml is not TOML: it breaks on line 1.");
    }

    [Fact]
    public async Task What_is_no_plain_file_or_too_large_is_left_aside()
    {
        using var folder = new TemporaryFolder();
        folder.File("index.html", "<html></html>");
        folder.File("package.json", new string(' ', 300 * 1024));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "requirements.txt"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "again"), folder.Path);

        var run = await CliRun.Of(["init", "--dry-run"], directory: folder.Path);

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldContain("static site");
        run.Error.ShouldContain("package.json is larger than 256 KiB and was not looked into.");
    }

    [Fact]
    public async Task What_files_say_reaches_the_terminal_as_letters_alone()
    {
        using var folder = new TemporaryFolder();
        folder.File("server.js", Server);
        folder.File("package.json", """{ "name": "shop\u001b[31m\n- evil: x", "scripts": { "start": "node server.js", "build": "echo \u001b]0;title\u0007\nhello # x" } }""");

        var run = await CliRun.Of(["init"], directory: folder.Path);

        run.ExitCode.ShouldBe(0, run.All);
        run.Out.ShouldNotContain("\e");
        run.Out.ShouldNotContain("\a");
        File.ReadAllText(Path.Combine(folder.Path, "slipway.yaml")).ShouldContain("service: shop-31m-evil-x\n");
    }

    [Theory]
    [InlineData("node .", """, "main": "./lib/start" """, "lib/start.js")]
    [InlineData("node .", "", "index.js")]
    [InlineData("node ./", """, "main": "index.js" """, "index.js")]
    public void Node_takes_a_folder_for_the_packages_main(string start, string main, string file)
    {
        var detected = Repository.Recognised(("package.json", $$"""{ "scripts": { "start": "{{start}}" }{{main}} }"""), (file, "require('http').createServer(f).listen(process.env.PORT, process.env.HOST);\n"));
        detected.Remarks.ShouldNotContain(remark => remark.Text.Contains("is not there", StringComparison.Ordinal));
        detected.Remarks.ShouldContain(new Remark(Certainty.Found, "reads PORT", file));
    }

    [Theory]
    [InlineData("server.js", "const port = process.env.PORT || 3000;\nserver.listen(port, () => {\n", 2)]
    [InlineData("server.js", "app.listen(process.env.PORT);\n", 1)]
    [InlineData("server.js", "app.listen(Number(process.env.PORT || 3000), function () {\n", 1)]
    [InlineData("server.js", "app.listen(parseInt(process.env.PORT, 10), async () => {\n", 1)]
    [InlineData("server.js", "const PORT = process.env.PORT;\napp.listen(PORT, '0.0.0.0');\n", 2)]
    [InlineData("server.js", "app.listen({ port: process.env.PORT, host: '::' });\n", 1)]
    [InlineData("server.js", "app.listen(process.env.PORT, 'localhost');\n", null)]
    [InlineData("server.js", "app.listen(process.env.PORT, process.env.HOST);\n", null)]
    [InlineData("server.js", "const { PORT, HOST } = process.env;\napp.listen(PORT, HOST, () => {\n", null)]
    [InlineData("server.js", "app.listen({ port: process.env.PORT });\n", null)]
    [InlineData("server.js", "const port = process.env.PORT;\nstore.listen(render);\napp.listen(port, address);\n", null)]
    [InlineData("server.py", "port = int(os.getenv('PORT', 80))\nhttpd = socketserver.TCPServer(('', port), H)\n", 2)]
    [InlineData("server.py", "port = int(os.environ['PORT'])\naddress = ('0.0.0.0', port)\nHTTPServer(address, H)\n", 2)]
    [InlineData("server.py", "HTTPServer((os.environ['HOST'], int(os.environ['PORT'])), H)\n", null)]
    [InlineData("server.py", "HTTPServer(('127.0.0.1', int(os.environ['PORT'])), H)\n", null)]
    [InlineData("main.go", "package main\nfunc main() { http.ListenAndServe(\":\"+os.Getenv(\"PORT\"), nil) }\n", 2)]
    [InlineData("main.go", "package main\nfunc main() { http.ListenAndServe(os.Getenv(\"HOST\")+\":\"+os.Getenv(\"PORT\"), nil) }\n", null)]
    [InlineData("main.go", "package main\nfunc main() { port := os.Getenv(\"PORT\"); http.ListenAndServe(host+\":\"+port, nil) }\n", null)]
    [InlineData("Program.cs", "builder.WebHost.UseUrls($\"http://*:{Environment.GetEnvironmentVariable(\"PORT\")}\");\n", 1)]
    [InlineData("Program.cs", "builder.WebHost.UseUrls($\"http://127.0.0.1:{Environment.GetEnvironmentVariable(\"PORT\")}\");\n", null)]
    public void A_program_that_listens_on_all_addresses_is_told_to_bind_HOST(string file, string text, int? line)
    {
        var detected = Repository.Recognised(
            (file, text),
            file switch
            {
                "server.js" => ("package.json", """{ "scripts": { "start": "node server.js" } }"""),
                "main.go" => ("go.mod", "module example.org/shop\n"),
                "Program.cs" => ("Shop.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web" />"""),
                _ => ("requirements.txt", ""),
            });
        detected.Remarks.ShouldContain(new Remark(Certainty.Found, "reads PORT", file));
        var said = detected.Remarks.Where(remark => remark.Certainty == Certainty.Check && remark.Text.Contains("all addresses", StringComparison.Ordinal)).ToList();
        if (line is null)
        {
            said.ShouldBeEmpty();
            detected.Command.Comment!.ShouldNotContain("all addresses");
            return;
        }

        said.ShouldHaveSingleItem().ShouldSatisfyAllConditions(one => one.Text.ShouldStartWith($"line {line} "), one => one.File.ShouldBe(file));
        detected.Command.Comment!.ShouldContain("binds all addresses");
    }

    [Theory]
    [InlineData("web: node server.js\nrelease: node migrate.js\n", null)]
    [InlineData("web: node server.js\nmailer: node mailer.js\n", "mailer of the Procfile is not in the file: with processes in the place of run it can run as workers beside what serves requests.")]
    [InlineData("web: node server.js\nmailer: node mailer.js\nclock: node clock.js\n", "mailer and clock of the Procfile are not in the file: with processes in the place of run they can run as workers beside what serves requests.")]
    public void What_a_Procfile_has_beside_the_web_process_is_not_passed_over_in_silence(string procfile, string? said)
    {
        var detected = Repository.Recognised(("Procfile", procfile), ("server.js", "app.listen(process.env.PORT, process.env.HOST);\n"), ("package.json", """{ "scripts": { "start": "node server.js" } }"""));
        detected.Remarks.Where(remark => remark.Text.Contains("of the Procfile", StringComparison.Ordinal)).Select(remark => remark.Text).ShouldBe(said is null ? [] : [said]);
    }

    [Theory]
    [InlineData("python server.py", "server.py", null)]
    [InlineData("python3 -u ./server.py", "server.py", null)]
    [InlineData("python worker.py", "server.py", "the Procfile's `web: python worker.py`")]
    [InlineData("npm start", "server.js", null)]
    [InlineData("node server.js", "server.js", null)]
    [InlineData("node other.js", "server.js", "the Procfile's `web: node other.js`")]
    public void A_Procfile_is_named_and_one_that_starts_the_same_program_is_no_doubt(string web, string file, string? doubt)
    {
        var detected = file == "server.py"
            ? Repository.Recognised(("Procfile", $"web: {web}\n"), (file, "import os\nHTTPServer((os.environ['HOST'], int(os.environ['PORT'])), H).serve_forever()\n"), ("requirements.txt", ""))
            : Repository.Recognised(("Procfile", $"web: {web}\n"), (file, "app.listen(process.env.PORT, process.env.HOST);\n"), ("package.json", """{ "scripts": { "start": "node server.js" } }"""));
        var doubts = detected.Remarks.Where(remark => remark.Text.StartsWith("Two things fit", StringComparison.Ordinal)).ToList();
        detected.Remarks.Contains(new Remark(Certainty.Found, "its web process starts the same program", "Procfile")).ShouldBe(doubt is null);
        if (doubt is null)
        {
            doubts.ShouldBeEmpty();
        }
        else
        {
            doubts.ShouldHaveSingleItem().Text.ShouldContain(doubt);
        }
    }

    [Fact]
    public async Task Services_among_examples_are_listed_where_nothing_else_serves()
    {
        using var folder = new TemporaryFolder();
        folder.File("package.json", """{ "private": true, "workspaces": ["packages/*"] }""");
        folder.File("packages/micro/package.json", """{ "name": "micro" }""");
        folder.File("examples/with-https/package.json", """{ "main": "index.js", "scripts": { "start": "node ." } }""");
        folder.File("examples/with-https/index.js", "server.listen(process.env.PORT);\n");

        var run = await CliRun.Of(["init"], directory: folder.Path);
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("among examples, tests and the like");
        run.Error.ShouldContain("examples/with-https: Node.js service with npm");
        run.Error.ShouldContain("slipway init --path examples/with-https");
    }
}

namespace Slipway.Cli.Tests.Init;

/// <summary>One small repository of each kind, and the whole of what is written and said for it.</summary>
public sealed class EcosystemTests
{
    private const string WebProject = """<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""";
    private const string TestProject = """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup><PackageReference Include="Microsoft.NET.Test.Sdk" Version="17.0.0" /></ItemGroup></Project>""";
    private const string NodeServer = "require('http').createServer((q, a) => a.end('hello')).listen(process.env.PORT || 3000);\n";

    [Fact]
    public async Task A_solution_with_one_web_project() => Snapshot.Matches(await Repository.Told(
        ("Shop.slnx", "<Solution />"),
        ("src/Shop.Web/Shop.Web.csproj", WebProject),
        ("src/Shop.Web/Program.cs", "var app = WebApplication.CreateBuilder(args).Build();\napp.MapGet(\"/\", () => \"hello\");\napp.MapHealthChecks(\"/healthz\");\napp.Run();\n"),
        ("src/Shop.Core/Shop.Core.csproj", """<Project Sdk="Microsoft.NET.Sdk" />"""),
        ("tests/Shop.Tests/Shop.Tests.csproj", TestProject)));

    [Fact]
    public async Task A_NET_worker() => Snapshot.Matches(await Repository.Told(
        ("Mailer.csproj", """<Project Sdk="Microsoft.NET.Sdk.Worker"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>"""),
        ("Program.cs", "Host.CreateApplicationBuilder(args).Build().Run();\n")));

    [Fact]
    public async Task Node_with_npm_and_its_own_test_runner() => Snapshot.Matches(await Repository.Told(
        ("package.json", """{ "name": "@acme/shop", "engines": { "node": ">=20" }, "scripts": { "start": "node server.js", "test": "node --test" }, "dependencies": { "express": "4" }, "devDependencies": { "prettier": "3" } }"""),
        ("package-lock.json", "{}"),
        ("server.js", "const app = require('express')();\napp.get('/', (q, a) => a.send('hello'));\napp.get('/healthz', (q, a) => a.send('ok'));\napp.listen(process.env.PORT);\n")));

    [Fact]
    public async Task Node_with_npm_and_its_steps_written_out() => Snapshot.Matches(await Repository.Told(
        ["--steps"],
        ("package.json", """{ "name": "shop", "scripts": { "start": "node server.js", "test": "vitest" }, "dependencies": { "express": "4" }, "devDependencies": { "vitest": "3" } }"""),
        ("package-lock.json", "{}"),
        ("server.js", "require('express')().listen(process.env.PORT);\n")));

    [Fact]
    public async Task Node_with_pnpm_and_a_build() => Snapshot.Matches(await Repository.Told(
        ("package.json", """{ "name": "api", "scripts": { "start": "node dist/main.js", "build": "tsc", "test": "vitest" }, "devDependencies": { "typescript": "5", "vitest": "3" }, "dependencies": { "fastify": "5" } }"""),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
        ("src/main.ts", "const { PORT = '3000' } = process.env;\n")));

    [Fact]
    public async Task Node_with_yarn_and_a_port_of_its_own() => Snapshot.Matches(await Repository.Told(
        ("package.json", """{ "scripts": { "start": "node index.js", "test": "mocha test/*.js" }, "devDependencies": { "mocha": "10" } }"""),
        ("yarn.lock", "# yarn lockfile v1\n"),
        ("index.js", "require('http').createServer((q, a) => a.end()).listen(8080);\n")));

    [Fact]
    public async Task Next_js() => Snapshot.Matches(await Repository.Told(
        ("package.json", """{ "name": "site", "scripts": { "dev": "next dev", "build": "next build", "start": "next start" }, "dependencies": { "next": "15", "react": "19" } }"""),
        ("package-lock.json", "{}")));

    [Fact]
    public async Task Pages_built_with_Vite() => Snapshot.Matches(await Repository.Told(
        ("package.json", """{ "name": "pages", "scripts": { "dev": "vite", "build": "tsc && vite build" }, "devDependencies": { "vite": "7" } }"""),
        ("package-lock.json", "{}"),
        ("index.html", "<html></html>")));

    [Fact]
    public async Task Python_with_the_standard_library() => Snapshot.Matches(await Repository.Told(
        ("server.py", "import os\nfrom http.server import ThreadingHTTPServer, SimpleHTTPRequestHandler\nif __name__ == '__main__':\n    ThreadingHTTPServer((os.environ['HOST'], int(os.environ['PORT'])), SimpleHTTPRequestHandler).serve_forever()\n"),
        ("tests/test_server.py", "import unittest\n")));

    [Fact]
    public async Task Flask_with_pip() => Snapshot.Matches(await Repository.Told(
        ("requirements.txt", "flask==3.0\ngunicorn==23.0\n"),
        ("requirements-dev.txt", "pytest\n"),
        ("app.py", "from flask import Flask\napp = Flask(__name__)\n\n@app.route('/health')\ndef health():\n    return 'ok'\n"),
        ("tests/test_app.py", "def test_it():\n    assert True\n")));

    [Fact]
    public async Task FastAPI_with_uv() => Snapshot.Matches(await Repository.Told(
        ("pyproject.toml", "[project]\nname = \"orders\"\nrequires-python = \">=3.11\"\ndependencies = [\n  \"fastapi>=0.110\",\n  \"uvicorn[standard]\",\n]\n"),
        ("uv.lock", "version = 1\n"),
        ("src/orders/main.py", "from fastapi import FastAPI\napi = FastAPI()\n\n@api.get('/items')\ndef items():\n    return []\n")));

    [Fact]
    public async Task Django_with_Poetry() => Snapshot.Matches(await Repository.Told(
        ("pyproject.toml", "[tool.poetry]\nname = \"desk\"\n[tool.poetry.dependencies]\npython = \"^3.11\"\ndjango = \"^5.0\"\ngunicorn = \"*\"\n"),
        ("poetry.lock", ""),
        ("manage.py", "from django.core.management import execute_from_command_line\n"),
        ("desk/wsgi.py", "application = get_wsgi_application()\n"),
        ("desk/urls.py", "urlpatterns = [path('admin/', admin.site.urls)]\n"),
        ("desk/tests.py", "from django.test import TestCase\n")));

    [Fact]
    public async Task Go() => Snapshot.Matches(await Repository.Told(
        ("go.mod", "module github.com/acme/shop/v2\n\ngo 1.22\n"),
        ("go.sum", ""),
        ("cmd/migrate/main.go", "package main\n\nfunc main() {}\n"),
        ("cmd/shop/main.go", "package main\n\nimport \"net/http\"\n\nfunc main() {\n\thttp.HandleFunc(\"/healthz\", nil)\n\thttp.ListenAndServe(\":\"+os.Getenv(\"PORT\"), nil)\n}\n"),
        ("cmd/shop/main_test.go", "package main\n"),
        ("templates/page.html", "")));

    [Fact]
    public async Task Spring_Boot_with_Maven() => Snapshot.Matches(await Repository.Told(
        ("pom.xml", """
            <project xmlns="http://maven.apache.org/POM/4.0.0"><artifactId>shop-api</artifactId>
              <dependencies><dependency><artifactId>spring-boot-starter-actuator</artifactId></dependency></dependencies>
              <build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>
            """),
        ("mvnw", "#!/bin/sh\n"),
        ("src/main/java/Shop.java", "class Shop {}"),
        ("src/test/java/ShopTest.java", "class ShopTest {}")));

    [Fact]
    public async Task Spring_Boot_with_Gradle() => Snapshot.Matches(await Repository.Told(
        ("settings.gradle.kts", "rootProject.name = \"shop\"\n"),
        ("build.gradle.kts", "plugins { id(\"org.springframework.boot\") version \"3.4.0\" }\n"),
        ("gradlew", "#!/bin/sh\n"),
        ("src/main/java/Web.java", "@GetMapping(\"/items\") String items() { return \"\"; }")));

    [Fact]
    public async Task Pages_as_they_are() => Snapshot.Matches(await Repository.Told(("index.html", "<html></html>"), ("style.css", "")));

    [Fact]
    public async Task Pages_made_by_MkDocs() => Snapshot.Matches(await Repository.Told(("mkdocs.yml", "site_name: Shop\n"), ("docs/index.md", "# Shop\n")));

    [Fact]
    public async Task A_Procfile() => Snapshot.Matches(await Repository.Told(("Procfile", "web: ./serve --port $PORT 'my page'\n"), ("Makefile", "all:\n\tcc -o serve serve.c\n")));

    [Fact]
    public async Task Node_without_any_package() => Snapshot.Matches(await Repository.Told(("package.json", """{ "name": "tiny" }"""), ("server.js", NodeServer)));
}

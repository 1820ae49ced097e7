using Slipway.Integrations.Git;

namespace Slipway.Integrations.Tests.Git;

/// <summary>What git can reach while it talks with another host.</summary>
public sealed class GitSandboxTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-git-").FullName;
    private readonly GitProgram _git;

    public GitSandboxTests()
    {
        _git = new GitProgram(Mirrors, TimeProvider.System);
        Directory.CreateDirectory(Mirror);
        File.WriteAllText(Secret, "secret");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Mirrors => Path.Combine(_root, "mirrors");

    private string Mirror => Path.Combine(Mirrors, "shop.git");

    private string Secret => Path.Combine(_root, "secret");

    private GitCall Call => new(Mirror, TimeSpan.FromSeconds(30)) { TalksWithOthers = true };

    [Fact]
    public async Task It_fills_its_mirror_and_sees_nothing_else_of_this_machine()
    {
        GitSandbox.WhyNot.ShouldBeNull();
        (await _git.RunAsync(["init", "--bare", "--quiet"], Call, Cancel)).ExitCode.ShouldBe(0);
        File.Exists(Path.Combine(Mirror, "HEAD")).ShouldBeTrue();

        (await _git.RunAsync(["hash-object", "--", Secret], Call with { TalksWithOthers = false }, Cancel)).ExitCode.ShouldBe(0);
        var read = await _git.RunAsync(["hash-object", "--", Secret], Call, Cancel);
        (read.ExitCode, read.Output).ShouldBe((128, ""));
        read.Error.ShouldContain("No such file");
        (await _git.RunAsync(["hash-object", "--", Secret], Call with { Readable = [Secret, Secret + "-that-is-not-there"] }, Cancel)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task What_it_writes_elsewhere_is_nowhere_afterwards()
    {
        var beside = Path.Combine(Mirrors, "other.git");
        await _git.RunAsync(["init", "--bare", "--quiet", beside], Call, Cancel);
        Directory.Exists(beside).ShouldBeFalse();
        (await _git.RunAsync(["config", "--file", "/usr/slipway-was-here", "a.b", "c"], Call, Cancel)).Error.ShouldContain("Read-only file system");
    }

    [Fact]
    public async Task One_that_asks_and_fetches_nothing_gets_no_folder_at_all()
    {
        var asked = await _git.RunAsync(["rev-parse", "--show-toplevel"], Call with { Folder = Mirrors }, Cancel);
        asked.Error.ShouldContain("not a git repository");
        (await _git.RunAsync(["hash-object", "--", Path.Combine(Mirrors, "x")], Call with { Folder = Mirrors }, Cancel)).ExitCode.ShouldBe(128);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}

using Slipway.Core.Pipelines;

namespace Slipway.Core.Tests.Pipelines;

public sealed class RepositoryHostTests
{
    [Theory]
    [InlineData("https://git.example.org/team/shop.git", "https://git.example.org")]
    [InlineData("https://Git.Example.org:443/shop.git", "https://git.example.org")]
    [InlineData("https://git.example.org:8443/shop.git", "https://git.example.org:8443")]
    [InlineData("ssh://git@git.example.org/shop.git", "ssh://git@git.example.org")]
    [InlineData("ssh://git.example.org:2222/shop.git", "ssh://git.example.org:2222")]
    [InlineData("git@git.example.org:team/shop.git", "ssh://git@git.example.org")]
    public void The_host_is_told_from_the_address(string repository, string host)
    {
        RepositoryAddress.Problem(repository).ShouldBeNull();
        RepositoryHost.Of(repository)!.ToString().ShouldBe(host);
    }

    [Fact]
    public void A_folder_has_no_host() => RepositoryHost.Of("/srv/git/shop").ShouldBeNull();
}

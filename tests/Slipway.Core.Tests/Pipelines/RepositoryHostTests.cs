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

    [Theory]
    [InlineData("https://git.example.org/team/shop.git", "team/shop", true)]
    [InlineData("https://git.example.org/team/shop/", "Team/Shop", true)]
    [InlineData("git@git.example.org:team/shop.git", "team/shop", true)]
    [InlineData("git@git.example.org:shop", "shop", true)]
    [InlineData("/srv/git/team/shop", "team/shop", true)]
    [InlineData("https://git.example.org/group/team/shop.git", "team/shop", true)]
    [InlineData("https://git.example.org/my-team/shop.git", "team/shop", false)]
    [InlineData("https://git.example.org/team/shop2.git", "team/shop", false)]
    [InlineData("https://git.example.org/team/shop.git", "", false)]
    [InlineData("team/shop", "team/shop", false)]
    public void A_repository_is_known_by_what_its_host_calls_it(string repository, string name, bool isIt) => RepositoryAddress.IsCalled(repository, name).ShouldBe(isIt);
}

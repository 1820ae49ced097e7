using Slipway.Core.Reports;

namespace Slipway.Core.Tests.Reports;

public sealed class DocumentationTests
{
    [Theory]
    [InlineData("README.md", true)]
    [InlineData("docs/How To.MD", true)]
    [InlineData("docs/guide.rst", true)]
    [InlineData("LICENSE", true)]
    [InlineData("sub/NOTICE.txt", true)]
    [InlineData("requirements.txt", false)]
    [InlineData("docs/conf.py", false)]
    [InlineData("LICENSE/check.js", false)]
    [InlineData("src/md", false)]
    [InlineData("license.go", false)]
    public void What_only_people_read_is_told_from_what_programs_do(string path, bool expected) => Documentation.Is(path).ShouldBe(expected);
}

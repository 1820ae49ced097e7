using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;

namespace Slipway.Integrations.Tests.Git;

/// <summary>No repository has a credential.</summary>
internal sealed class NoAccess : ISourceAccess
{
    public Task<SourceAccess?> FindAsync(string service, SourceSpec source, CancellationToken cancel) => Task.FromResult<SourceAccess?>(null);
}

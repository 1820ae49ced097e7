using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;

namespace Slipway.Core.Definitions;

/// <summary>A definition, or everything that is wrong with its text in the order of the file; never both.</summary>
public sealed record DefinitionResult(ServiceDefinition? Definition, IReadOnlyList<Problem> Problems);

/// <summary>A platform's definition, or everything that is wrong with its text in the order of the file; never both.</summary>
public sealed record PlatformResult(PlatformDefinition? Definition, IReadOnlyList<Problem> Problems);

using Slipway.Core.Environments;

namespace Slipway.Engine.Environments;

/// <summary>The platform's definition in force: read at the start, swapped whole when its folder changes and the new one is good.</summary>
public sealed class Platform(PlatformDefinition first)
{
    private PlatformDefinition current = first;

    public PlatformDefinition Current => Volatile.Read(ref current);

    public void Replace(PlatformDefinition next) => Volatile.Write(ref current, next);
}

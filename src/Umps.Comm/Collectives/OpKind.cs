namespace Umps.Collectives;

/// <summary>The operators that kernels exist for.</summary>
internal enum OpKind
{
    User,
    Sum,
    Prod,
    Min,
    Max,
    Land,
    Lor,
    Lxor,
    Band,
    Bor,
    Bxor,
    MinLoc,
    MaxLoc,
}

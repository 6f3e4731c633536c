using System;

namespace Umps.Collectives;

/// <summary>An operator made of a program's function, for one type.</summary>
internal sealed class UserOp<T>(Func<T, T, T> function, bool commutative, string name) : Op(OpKind.User, name, commutative)
    where T : unmanaged
{
    public Func<T, T, T> Function { get; } = function;
}

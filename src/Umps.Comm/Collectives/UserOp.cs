using System;

namespace Umps.Collectives;

/// <summary>An operator made of a program's function, for one type.</summary>
internal sealed class UserOp<T>(Func<T, T, T> function, bool commutative, string name) : Op(OpKind.User, name, commutative)
    where T : unmanaged
{
    public Reduction Reduction { get; } = new FunctionReduction<T>(function);

    internal override Type? ElementType => typeof(T);
}

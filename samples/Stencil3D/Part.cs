namespace Stencil3D;

/// <summary>A run of cells along one dimension.</summary>
internal readonly record struct Part(int Begin, int Count)
{
    /// <summary>The i-th of so many parts; they differ by one cell at most.</summary>
    public static Part Of(int cells, int parts, int i)
    {
        int begin = (int)((long)cells * i / parts);
        return new Part(begin, (int)((long)cells * (i + 1) / parts) - begin);
    }
}

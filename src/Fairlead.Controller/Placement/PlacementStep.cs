namespace Fairlead.Controller.Placement;

/// <summary>What is to be done next for a virtual machine; one at a time, each on what the one before has brought about.</summary>
internal abstract record PlacementStep
{
    /// <summary>Nothing, until something changes.</summary>
    public sealed record Wait(string Why) : PlacementStep;

    /// <summary>Before anything is made for it.</summary>
    public sealed record AddFinalizer : PlacementStep;

    /// <summary>Nothing of it is left.</summary>
    public sealed record RemoveFinalizer : PlacementStep;

    public sealed record CreateLauncher : PlacementStep;

    /// <param name="Why">For the log.</param>
    public sealed record DeleteLauncher(string Why) : PlacementStep;

    /// <summary>kube-scheduler has chosen: the node's agent may begin.</summary>
    public sealed record Place(string Node, string Id) : PlacementStep;

    /// <summary>The node's agent is to end it in order and to release what it has.</summary>
    public sealed record RequestStop(string Why) : PlacementStep;

    /// <summary>The agent has released it, or its node is gone: it is nowhere.</summary>
    public sealed record ClearPlacement(string Why, bool IsLost) : PlacementStep;
}

/// <summary>What is known of a node on which a virtual machine was placed.</summary>
internal enum NodeState
{
    /// <summary>It is there, or silent: what runs on it may run on.</summary>
    Present,

    /// <summary>Its object is deleted, or an administrator has marked it as out of service: nothing runs there.</summary>
    Gone,
}

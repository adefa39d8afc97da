SELECT label FROM shrubs
